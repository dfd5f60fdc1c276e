// What all threads of a block know together: values go from lane to lane of a warp, then through
// shared memory. `shared` has one place per warp, which is 32 at most.

template <class Value> __device__ Value block_sum(Value value, Value* shared) {
  for (int lanes = 16; lanes; lanes /= 2) value += __shfl_xor_sync(0xffffffffu, value, lanes);
  __syncthreads();  // whoever used `shared` before has read it
  if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
  __syncthreads();
  Value total = 0;
  for (int warp = 0; warp < (int)blockDim.x / 32; ++warp) total += shared[warp];
  return total;
}

__device__ A block_max(A value, A* shared) {
  for (int lanes = 16; lanes; lanes /= 2)
    value = larger(value, __shfl_xor_sync(0xffffffffu, value, lanes));
  __syncthreads();
  if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
  __syncthreads();
  A most = shared[0];
  for (int warp = 1; warp < (int)blockDim.x / 32; ++warp) most = larger(most, shared[warp]);
  return most;
}
