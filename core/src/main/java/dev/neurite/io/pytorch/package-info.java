/// Reads the files of PyTorch's `torch.save`: a pickle of dictionaries and tensors beside the numbers. Nothing of
/// a pickle is run or looked up by name. Depends on `tensor`, `io.limit` and `error`.
@NullMarked
package dev.neurite.io.pytorch;

import org.jspecify.annotations.NullMarked;
