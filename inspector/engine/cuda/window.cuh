// Sliding windows over up to three spatial axes of (batch, *space, channels) arrays.
#define SIZES int in0, int in1, int in2, int out0, int out1, int out2, \
    int size0, int size1, int size2, int step0, int step1, int step2, \
    int pad0, int pad1, int pad2, int gap0, int gap1, int gap2

// Where a thread stands in an array (batch, n0, n1, n2, channels): channel c, batch b, places p.
#define STAND(i, n0, n1, n2, channels) \
    int c = (i) % (channels), p2 = (i) / (channels) % (n2), p1 = (i) / (channels) / (n2) % (n1), \
        p0 = (i) / (channels) / (n2) / (n1) % (n0), b = (i) / (channels) / (n2) / (n1) / (n0)

#define AT(b, p0, p1, p2, c, n0, n1, n2, channels) \
    (((((b) * (n0) + (p0)) * (n1) + (p1)) * (n2) + (p2)) * (channels) + (c))

// The inputs a0, a1, a2 of the window at output place (o0, o1, o2), kernel position (k0, k1, k2).
#define INPUTS_OF(o0, o1, o2) \
    for (int k0 = 0, a0 = (o0) * step0 - pad0; k0 < size0; ++k0, a0 += gap0) \
      for (int k1 = 0, a1 = (o1) * step1 - pad1; k1 < size1; ++k1, a1 += gap1) \
        for (int k2 = 0, a2 = (o2) * step2 - pad2; k2 < size2; ++k2, a2 += gap2) \
          if (a0 >= 0 && a0 < in0 && a1 >= 0 && a1 < in1 && a2 >= 0 && a2 < in2)

// The windows w0, w1, w2 that see input place (p0, p1, p2) at kernel position (k0, k1, k2).
#define SEEN(k, p, step, pad, gap, w, out) \
    int t##w = (p) + (pad) - (k) * (gap), w = t##w / (step); \
    if (t##w < 0 || t##w % (step) || w >= (out)) continue

#define WINDOWS_OF(p0, p1, p2, body) \
    for (int k0 = 0; k0 < size0; ++k0) { SEEN(k0, p0, step0, pad0, gap0, w0, out0); \
      for (int k1 = 0; k1 < size1; ++k1) { SEEN(k1, p1, step1, pad1, gap1, w1, out1); \
        for (int k2 = 0; k2 < size2; ++k2) { SEEN(k2, p2, step2, pad2, gap2, w2, out2); body } } }
