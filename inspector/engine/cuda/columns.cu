// Sums over the columns of a matrix (rows, width), and affine maps of them. Sums are taken in
// pieces, a piece being every `pieces`-th row, and in double; `parts` has a line per piece and sum.

#define SUMMING \
    int i = THREAD; \
    if (i >= pieces * width) return; \
    int j = i % width, piece = i / width
#define ROWS for (int row = piece; row < rows; row += pieces)
#define PIECES for (int piece = threadIdx.x; piece < pieces; piece += blockDim.x)
#define COUNT (double)((rows - piece + pieces - 1) / pieces)  // the rows of a piece

// Mean and squared distance of each piece: (pieces, 2, width). The first value is taken off all
// others, so that squares of large numbers never meet.
extern "C" __global__ void moment_parts(
    const T* x, double* parts, int rows, int width, int pieces) {
  SUMMING;
  double first = get(x[(long long)piece * width + j]), total = 0, squares = 0;
  int count = 0;
  ROWS {
    double value = get(x[(long long)row * width + j]) - first;
    total += value;
    squares += value * value;
    ++count;
  }
  parts[(2 * piece) * width + j] = first + total / count;
  parts[(2 * piece + 1) * width + j] = squares - total * total / count;
}

// The pieces' moments put together, one block per column.
extern "C" __global__ void merge_moments(
    const double* parts, T* means, T* variances, int rows, int width, int pieces) {
  __shared__ double shared[32];
  int j = blockIdx.x;
  double total = 0, squares = 0;
  PIECES total += COUNT * parts[(2 * piece) * width + j];
  double mean = block_sum(total, shared) / rows;
  PIECES {
    double away = parts[(2 * piece) * width + j] - mean;
    squares += parts[(2 * piece + 1) * width + j] + COUNT * away * away;
  }
  squares = block_sum(squares, shared);
  if (threadIdx.x == 0) {
    means[j] = put((A)mean);
    variances[j] = put((A)(squares / rows));
  }
}

// Of g, and of g · (x - mean): (pieces, 2, width).
extern "C" __global__ void sum_parts(
    const T* g, const T* x, const T* mean, double* parts, int rows, int width, int pieces) {
  SUMMING;
  A center = get(mean[j]);
  double total = 0, product = 0;
  ROWS {
    A given = get(g[(long long)row * width + j]);
    total += given;
    product += given * (get(x[(long long)row * width + j]) - center);
  }
  parts[(2 * piece) * width + j] = total;
  parts[(2 * piece + 1) * width + j] = product;
}

// Of g, and of g · (x - mean) · factor, with a mean and a factor per row: a layer norm's.
extern "C" __global__ void norm_parts(
    const T* g, const T* x, const A* means, const A* factors, double* parts, int rows, int width,
    int pieces) {
  SUMMING;
  double total = 0, product = 0;
  ROWS {
    A given = get(g[(long long)row * width + j]);
    total += given;
    product += given * (get(x[(long long)row * width + j]) - means[row]) * factors[row];
  }
  parts[(2 * piece) * width + j] = total;
  parts[(2 * piece + 1) * width + j] = product;
}

// Each column's parts added up, one block per sum: out is (2, width).
extern "C" __global__ void merge_sums(const double* parts, T* out, int width, int pieces) {
  __shared__ double shared[32];
  double total = 0;
  PIECES total += parts[(long long)piece * 2 * width + blockIdx.x];
  total = block_sum(total, shared);
  if (threadIdx.x == 0) out[blockIdx.x] = put((A)total);
}

// Batch normalization with values per channel; a channel's values lie `inner` elements in a row.
extern "C" __global__ void batch_norm(
    const T* x, const T* mean, const T* variance, const T* scale, const T* offset, T* y, int count,
    int inner, int width, double epsilon, int has_scale, int has_offset) {
  int i = THREAD;
  if (i >= count) return;
  int j = i / inner % width;
  A slope = 1 / sqrt(get(variance[j]) + (A)epsilon);
  if (has_scale) slope *= get(scale[j]);
  A value = (get(x[i]) - get(mean[j])) * slope;
  y[i] = put(has_offset ? value + get(offset[j]) : value);
}

extern "C" __global__ void scale_shift(
    const T* x, const T* a, const T* b, T* y, int count, int inner, int width) {
  int i = THREAD;
  if (i >= count) return;
  int j = i / inner % width;
  y[i] = put(get(x[i]) * get(a[j]) + get(b[j]));
}
