/// Model files: [dev.neurite.io.ModelFile] and the names of layers in them, [dev.neurite.io.LayerCatalog].
/// Depends on `layer`, `model` and what they depend on.
@NullMarked
package dev.neurite.io;

import org.jspecify.annotations.NullMarked;
