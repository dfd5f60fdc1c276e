// Slices of x (outer, size, inner) by their numbers, negative ones from the end. A number out of
// range reads nothing: 0 stays, and `wrong` gets 1, which the host asks for once.
#define GATHER(name, Value, Index) \
extern "C" __global__ void name( \
    const Value* x, const Index* numbers, Value* y, int* wrong, int count, int many, int size, \
    int inner) { \
  int i = THREAD; \
  if (i >= count) return; \
  Index number = numbers[i / inner % many]; \
  if (number < 0) number += size; \
  bool is_there = number >= 0 && number < size; \
  if (!is_there) *wrong = 1; \
  long long at = ((long long)(i / inner / many) * size + number) * inner + i % inner; \
  y[i] = is_there ? x[at] : (Value)0; \
}

GATHER(gather_1_4, unsigned char, int)
GATHER(gather_2_4, unsigned short, int)
GATHER(gather_4_4, unsigned int, int)
GATHER(gather_8_4, unsigned long long, int)
GATHER(gather_1_8, unsigned char, long long)
GATHER(gather_2_8, unsigned short, long long)
GATHER(gather_4_8, unsigned int, long long)
GATHER(gather_8_8, unsigned long long, long long)
