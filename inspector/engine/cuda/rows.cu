// Functions of whole rows of a matrix, one block of threads per row.

#define ROW(array) (array + (long long)blockIdx.x * width)
#define COLUMNS for (int j = threadIdx.x; j < width; j += blockDim.x)

extern "C" __global__ void softmax(const T* x, T* y, int width, int logarithm) {
  __shared__ A shared[32];
  const T* row = ROW(x);
  T* out = ROW(y);
  A most = MINUS_INFINITY, total = 0;
  COLUMNS most = larger(most, get(row[j]));
  most = block_max(most, shared);
  COLUMNS total += exp(get(row[j]) - most);
  total = block_sum(total, shared);
  if (logarithm) {
    A shift = log(total);
    COLUMNS out[j] = put(get(row[j]) - most - shift);
  } else {
    COLUMNS out[j] = put(exp(get(row[j]) - most) / total);
  }
}

extern "C" __global__ void softmax_grad(const T* g, const T* y, T* dx, int width, int logarithm) {
  __shared__ A shared[32];
  const T *given = ROW(g), *row = ROW(y);
  T* out = ROW(dx);
  A total = 0;
  COLUMNS total += logarithm ? get(given[j]) : get(given[j]) * get(row[j]);
  total = block_sum(total, shared);
  if (logarithm) {
    COLUMNS out[j] = put(get(given[j]) - exp(get(row[j])) * total);
  } else {
    COLUMNS out[j] = put(get(row[j]) * (get(given[j]) - total));
  }
}

// Layer norm (centered) or RMS norm.
__device__ A row_mean(const T* row, int width, int centered, A* shared) {
  A total = 0;
  if (centered) COLUMNS total += get(row[j]);
  return block_sum(total, shared) / width;
}

__device__ A row_factor(const T* row, int width, A mean, double epsilon, A* shared) {
  A total = 0;
  COLUMNS {
    A centred = get(row[j]) - mean;
    total += centred * centred;
  }
  return 1 / sqrt(block_sum(total, shared) / width + (A)epsilon);
}

extern "C" __global__ void layer_norm(
    const T* x, const T* scale, const T* offset, T* y, int width, double epsilon, int centered,
    int has_scale, int has_offset) {
  __shared__ A shared[32];
  const T* row = ROW(x);
  T* out = ROW(y);
  A mean = row_mean(row, width, centered, shared);
  A factor = row_factor(row, width, mean, epsilon, shared);
  COLUMNS {
    A value = (get(row[j]) - mean) * factor;
    if (has_scale) value *= get(scale[j]);
    if (has_offset) value += get(offset[j]);
    out[j] = put(value);
  }
}

// dx = (h - mean(h) - u · mean(h · u)) · factor with h = g · scale and u the normalized row; the
// rows' means and factors are kept for `norm_parts`.
extern "C" __global__ void layer_norm_grad(
    const T* g, const T* x, const T* scale, T* dx, A* means, A* factors, int width, double epsilon,
    int centered, int has_scale) {
  __shared__ A shared[32];
  const T *given = ROW(g), *row = ROW(x);
  T* out = ROW(dx);
  A mean = row_mean(row, width, centered, shared);
  A factor = row_factor(row, width, mean, epsilon, shared);
  A through = 0, along = 0;
  COLUMNS {
    A h = has_scale ? get(given[j]) * get(scale[j]) : get(given[j]);
    through += h;
    along += h * (get(row[j]) - mean) * factor;
  }
  along = block_sum(along, shared) / width;
  through = block_sum(through, shared) / width;
  if (!centered) through = 0;
  COLUMNS {
    A h = has_scale ? get(given[j]) * get(scale[j]) : get(given[j]);
    out[j] = put((h - through - (get(row[j]) - mean) * factor * along) * factor);
  }
  if (threadIdx.x == 0) {
    means[blockIdx.x] = mean;
    factors[blockIdx.x] = factor;
  }
}

extern "C" __global__ void row_moments(const T* x, T* means, T* variances, int width) {
  __shared__ A shared[32];
  const T* row = ROW(x);
  A mean = row_mean(row, width, 1, shared), total = 0;
  COLUMNS total += (get(row[j]) - mean) * (get(row[j]) - mean);
  total = block_sum(total, shared) / width;
  if (threadIdx.x == 0) {
    means[blockIdx.x] = put(mean);
    variances[blockIdx.x] = put(total);
  }
}
