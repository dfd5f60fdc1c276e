// What all kernels begin with. STORED says how values lie in memory (T); they are computed in A.
#define FLOAT32 0
#define FLOAT64 1
#define FLOAT16 2
#define BFLOAT16 3

#if STORED == FLOAT64
typedef double T;
typedef double A;
#elif STORED == FLOAT32
typedef float T;
typedef float A;
#else
typedef unsigned short T;
typedef float A;
#endif

#ifdef __CUDACC_RTC__  // a compiler of the host brings functions of these names along
__device__ float half_to_float(unsigned short bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}
__device__ unsigned short float_to_half(float value) {
  unsigned short bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
  return bits;
}
__device__ unsigned bits_of(float value) { return __float_as_uint(value); }
__device__ float of_bits(unsigned bits) { return __uint_as_float(bits); }
#endif

__device__ A get(T stored) {
#if STORED == FLOAT16
  return half_to_float(stored);
#elif STORED == BFLOAT16
  return of_bits((unsigned)stored << 16);
#else
  return stored;
#endif
}

__device__ T put(A value) {
#if STORED == FLOAT16
  return float_to_half(value);
#elif STORED == BFLOAT16
  unsigned bits = bits_of(value);  // to nearest, ties to even; NaN stays NaN
  return value != value ? 0x7fc0 : (T)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
#else
  return value;
#endif
}

// The number of this thread among all of a launch.
#define THREAD ((int)(blockIdx.x * blockDim.x + threadIdx.x))
#define MINUS_INFINITY ((A)-of_bits(0x7f800000u))

// Maximum and minimum in which NaN wins.
__device__ A larger(A a, A b) { return a > b || a != a ? a : b; }
__device__ A smaller(A a, A b) { return a < b || a != a ? a : b; }
