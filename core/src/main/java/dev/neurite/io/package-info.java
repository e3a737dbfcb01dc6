/// Model files ([dev.neurite.io.ModelFile]), and
/// the names of layers, optimizers and so on in files and on command lines ([dev.neurite.io.Catalog]).
/// Depends on `layer`, `loss`, `optim`, `data` and what they depend on.
@NullMarked
package dev.neurite.io;

import org.jspecify.annotations.NullMarked;
