// Convolution with one group per channel; w lies as (*kernel, filters), filter f reads channel
// f / many. One thread per result; the weights' gradient in partial sums, added up in order.

extern "C" __global__ void depthwise(
    const T* x, const T* w, T* y, int count, int channels, int many, SIZES) {
  int i = THREAD;
  if (i >= count) return;
  STAND(i, out0, out1, out2, channels * many);
  A total = 0;
  INPUTS_OF(p0, p1, p2)
    total += get(x[AT(b, a0, a1, a2, c / many, in0, in1, in2, channels)]) *
             get(w[((k0 * size1 + k1) * size2 + k2) * channels * many + c]);
  y[i] = put(total);
}

extern "C" __global__ void depthwise_to_x(
    const T* g, const T* w, T* dx, int count, int channels, int many, SIZES) {
  int i = THREAD;
  if (i >= count) return;
  STAND(i, in0, in1, in2, channels);
  A total = 0;
  WINDOWS_OF(p0, p1, p2, {
    for (int f = c * many; f < (c + 1) * many; ++f)
      total += get(g[AT(b, w0, w1, w2, f, out0, out1, out2, channels * many)]) *
               get(w[((k0 * size1 + k1) * size2 + k2) * channels * many + f]);
  })
  dx[i] = put(total);
}

// parts: (pieces, *kernel, filters); a piece is every `pieces`-th output place.
extern "C" __global__ void depthwise_to_w(
    const T* x, const T* g, A* parts, int count, int batch, int pieces, int channels, int many,
    SIZES) {
  int i = THREAD;
  if (i >= count) return;
  int filters = channels * many, f = i % filters, k2 = i / filters % size2;
  int k1 = i / filters / size2 % size1, k0 = i / filters / size2 / size1 % size0;
  int piece = i / filters / size2 / size1 / size0, places = batch * out0 * out1 * out2;
  A total = 0;
  for (int place = piece; place < places; place += pieces) {
    STAND(place, out0, out1, out2, 1);
    int a0 = p0 * step0 - pad0 + k0 * gap0, a1 = p1 * step1 - pad1 + k1 * gap1;
    int a2 = p2 * step2 - pad2 + k2 * gap2;
    if (a0 >= 0 && a0 < in0 && a1 >= 0 && a1 < in1 && a2 >= 0 && a2 < in2)
      total += get(x[AT(b, a0, a1, a2, f / many, in0, in1, in2, channels)]) *
               get(g[place * filters + f + c]);
  }
  parts[i] = total;
}
