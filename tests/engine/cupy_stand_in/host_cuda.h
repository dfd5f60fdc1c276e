// CUDA C++ for a compiler of the host: one thread after the other runs a kernel's grid.
//
// Where a kernel waits for its block or warp (LOCKSTEP), every thread is a fiber that runs up to
// its next barrier. A warp runs alone as far as it can, the warps in turn from the first and from
// the last, so that a kernel that lacks a barrier gives wrong numbers. One dimension of blocks and
// of threads.
#include <setjmp.h>
#include <ucontext.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#define __global__
#define __device__ static inline
#define __shared__ static
using std::ceil; using std::exp; using std::expm1; using std::floor; using std::fmod; using std::log;
using std::log1p; using std::pow; using std::sqrt; using std::tanh; using std::trunc;

struct Dimension { unsigned x; };
static Dimension threadIdx, blockIdx, blockDim, gridDim;

static inline unsigned bits_of(float value) { unsigned b; memcpy(&b, &value, 4); return b; }
static inline float of_bits(unsigned bits) { float v; memcpy(&v, &bits, 4); return v; }

static inline float half_to_float(unsigned short half) {
  int exponent = half >> 10 & 31, fraction = half & 1023;
  float size = exponent == 31  ? (fraction ? NAN : INFINITY)
               : exponent == 0 ? std::ldexp((float)fraction, -24)
                               : std::ldexp((float)(fraction + 1024), exponent - 25);
  return half & 0x8000 ? -size : size;
}

static inline unsigned short float_to_half(float value) {
  unsigned short sign = std::signbit(value) ? 0x8000 : 0;
  float size = std::fabs(value);
  if (value != value) return 0x7e00;
  if (size >= 65520.0f) return sign | 0x7c00;
  int exponent = size < 6.103515625e-5f ? -14 : std::ilogb(size);
  int digits = (int)std::nearbyint(std::ldexp(size, 10 - exponent));  // ties to even
  return sign | (unsigned short)(digits + ((exponent + 14) << 10));
}

struct Fiber {
  jmp_buf at;
  ucontext_t start, unused;
  std::vector<char> stack = std::vector<char>(1 << 16);
  enum { RUNS, WAITS_FOR_WARP, WAITS_FOR_BLOCK, IS_DONE } state = RUNS;
  bool has_begun = false;
};
static std::deque<Fiber> fibers;
static Fiber* running;
static jmp_buf scheduler;
static void (*body)(void**);
static void** operands;
static std::string fault;

static inline void give_way(decltype(Fiber::state) state) {
  running->state = state;
  if (!_setjmp(running->at)) _longjmp(scheduler, 1);
}

static inline void __syncthreads() { give_way(Fiber::WAITS_FOR_BLOCK); }

// A lane's value is read by the others of its warp after all have written theirs; two places in
// turn, since a lane may be one exchange ahead.
static double exchanged[2][1024];
static int parity[1024];
template <class Value> static inline Value __shfl_xor_sync(unsigned, Value value, int lanes) {
  int me = threadIdx.x, place = parity[me] ^= 1;
  exchanged[place][me] = value;
  give_way(Fiber::WAITS_FOR_WARP);
  return (Value)exchanged[place][me ^ lanes];
}

static void fiber_body() {
  for (;;) {
    body(operands);
    give_way(Fiber::IS_DONE);
  }
}

static void resume(unsigned thread) {
  running = &fibers[thread];
  threadIdx.x = thread;
  if (_setjmp(scheduler)) return;
  if (running->has_begun) _longjmp(running->at, 1);
  running->has_begun = true;
  setcontext(&running->start);
}

// Runs a warp up to where all its threads wait for the block, or to its end.
static decltype(Fiber::state) run_warp(unsigned first, unsigned last) {
  for (unsigned round = 0;; ++round) {
    for (unsigned n = first; n < last; ++n) resume(round % 2 ? first + last - 1 - n : n);
    auto state = fibers[first].state;
    for (unsigned n = first; n < last; ++n)
      if (fibers[n].state != state) fault = "some threads of a warp wait for the others in vain";
    if (state != Fiber::WAITS_FOR_WARP || !fault.empty()) return state;
  }
}

static void run_block() {
  memset(parity, 0, sizeof parity);
  unsigned warps = (blockDim.x + 31) / 32;
  for (unsigned round = 0, done = 0; done == 0 && fault.empty(); ++round) {
    for (unsigned n = 0; n < warps; ++n) {
      unsigned first = 32 * (round % 2 ? warps - 1 - n : n);
      unsigned last = first + 32 < blockDim.x ? first + 32 : blockDim.x;
      done += run_warp(first, last) == Fiber::IS_DONE;
    }
    if (done && done < warps && fault.empty())
      fault = "some threads of a block ended while others wait for them";
  }
}

static void run_grid(unsigned blocks, unsigned threads, void** arguments) {
  gridDim.x = blocks, blockDim.x = threads, operands = arguments;
  fault.clear();
  fibers.clear();
#ifdef LOCKSTEP
  for (unsigned n = 0; n < threads; ++n) {
    Fiber& fiber = fibers.emplace_back();
    getcontext(&fiber.start);
    fiber.start.uc_stack.ss_sp = fiber.stack.data();
    fiber.start.uc_stack.ss_size = fiber.stack.size();
    fiber.start.uc_link = &fiber.unused;
    makecontext(&fiber.start, fiber_body, 0);
  }
  for (blockIdx.x = 0; blockIdx.x < blocks && fault.empty(); ++blockIdx.x) run_block();
#else
  for (blockIdx.x = 0; blockIdx.x < blocks; ++blockIdx.x)
    for (threadIdx.x = threads; threadIdx.x-- > 0;) body(operands);
#endif
}

template <class P> struct Letter { static const char value = 'i'; };
template <> struct Letter<double> { static const char value = 'd'; };
template <> struct Letter<float> { static const char value = 'f'; };
template <class P> struct Letter<P*> { static const char value = 'p'; };

template <class... P, size_t... I>
static void with_operands(void (*kernel)(P...), void** values, std::index_sequence<I...>) {
  kernel(*(P*)values[I]...);
}
template <class... P> static void started(void (*kernel)(P...), void** values) {
  with_operands(kernel, values, std::index_sequence_for<P...>());
}
// One letter and size per operand: "p8" a pointer (and what to), "i4" a whole number.
template <class P> static std::string pointee(P**) { return std::to_string(sizeof(P)); }
template <class P> static std::string pointee(P*) { return std::to_string(sizeof(P)); }
template <class... P> static std::string described(void (*)(P...)) {
  return ((Letter<P>::value + pointee((P*)nullptr) + " ") + ...);
}

#define KERNEL(name) \
  extern "C" const char* signature_##name() { \
    static std::string text = described(&name); \
    return text.c_str(); \
  } \
  extern "C" const char* start_##name(unsigned blocks, unsigned threads, void** values) { \
    body = [](void** operands) { started(&name, operands); }; \
    run_grid(blocks, threads, values); \
    return fault.c_str(); \
  }
