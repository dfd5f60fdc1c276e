"""What only a GPU runs: our own CUDA kernels, cuDNN, and CUDA graphs. Small on purpose.

launch       compiles a kernel file for a dtype and starts its functions
rules        which kernel computes a primitive, and on which arrays
convolution  convolutions: a kernel for depthwise, cuDNN, else copied windows and cuBLAS
dnn          cuDNN's graphs, through its front end
blas         products by cuBLAS itself, for graphs, in which CuPy does not call it
precision    how exact products are: exact, tf32 or half
dispatch     gives the primitives of the table their rule
checks       whether a gather met a wrong index, asked at once or later
fused        activations, and chains of elementwise ops, as one generated kernel each
graph        a replay captured as one CUDA graph

The .cu files hold the kernels. All other arithmetic is written once for NumPy and CuPy.
"""
