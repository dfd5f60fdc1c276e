// Maximum and average over windows, one thread per result; gradients gather, so they are the same
// to the bit every time. Among equal values the first in reading order is the maximum.

// The place of a window's maximum in x; -1 for a window with a NaN or with padding only.
__device__ int winner(const T* x, int b, int o0, int o1, int o2, int c, int channels, SIZES) {
  int at = -1;
  A best = 0;
  INPUTS_OF(o0, o1, o2) {
    int here = AT(b, a0, a1, a2, c, in0, in1, in2, channels);
    A value = get(x[here]);
    if (value != value) return -1;
    if (at < 0 || value > best) { best = value; at = here; }
  }
  return at;
}
#define WINNER(o0, o1, o2) winner(x, b, o0, o1, o2, c, channels, in0, in1, in2, out0, out1, out2, \
    size0, size1, size2, step0, step1, step2, pad0, pad1, pad2, gap0, gap1, gap2)

// How many real inputs a window has.
__device__ int filled(int o, int size, int step, int pad, int in) {
  int first = o * step - pad, last = first + size;
  return (last < in ? last : in) - (first > 0 ? first : 0);
}
#define FILLED(o0, o1, o2) (A)(filled(o0, size0, step0, pad0, in0) * \
    filled(o1, size1, step1, pad1, in1) * filled(o2, size2, step2, pad2, in2))

extern "C" __global__ void max_pool(const T* x, T* y, int count, int channels, SIZES) {
  int i = THREAD;
  if (i >= count) return;
  STAND(i, out0, out1, out2, channels);
  A best = MINUS_INFINITY;
  INPUTS_OF(p0, p1, p2) {
    A value = get(x[AT(b, a0, a1, a2, c, in0, in1, in2, channels)]);
    if (value > best || value != value) best = value;
  }
  y[i] = put(best);
}

extern "C" __global__ void max_pool_grad(
    const T* g, const T* x, T* dx, int count, int channels, SIZES) {
  int i = THREAD;
  if (i >= count) return;
  STAND(i, in0, in1, in2, channels);
  A total = 0;
  WINDOWS_OF(p0, p1, p2, {
    if (WINNER(w0, w1, w2) == i) total += get(g[AT(b, w0, w1, w2, c, out0, out1, out2, channels)]);
  })
  dx[i] = put(total);
}

extern "C" __global__ void max_pool_pick(
    const T* t, const T* x, T* y, int count, int channels, SIZES) {
  int i = THREAD;
  if (i >= count) return;
  STAND(i, out0, out1, out2, channels);
  int at = WINNER(p0, p1, p2);
  y[i] = at < 0 ? put(0) : t[at];
}

extern "C" __global__ void average_pool(const T* x, T* y, int count, int channels, SIZES) {
  int i = THREAD;
  if (i >= count) return;
  STAND(i, out0, out1, out2, channels);
  A total = 0;
  INPUTS_OF(p0, p1, p2) total += get(x[AT(b, a0, a1, a2, c, in0, in1, in2, channels)]);
  y[i] = put(total / FILLED(p0, p1, p2));
}

extern "C" __global__ void average_pool_grad(const T* g, T* dx, int count, int channels, SIZES) {
  int i = THREAD;
  if (i >= count) return;
  STAND(i, in0, in1, in2, channels);
  A total = 0;
  WINDOWS_OF(p0, p1, p2, {
    total += get(g[AT(b, w0, w1, w2, c, out0, out1, out2, channels)]) / FILLED(w0, w1, w2);
  })
  dx[i] = put(total);
}
