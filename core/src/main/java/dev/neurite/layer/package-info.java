/// The built-in layers, a record each, written against the public contract in `dev.neurite.model` like
/// anybody's. [dev.neurite.layer.Layers] and [dev.neurite.layer.Initializers] have short names for them.
/// Depends on `model` and what it depends on.
@NullMarked
package dev.neurite.layer;

import org.jspecify.annotations.NullMarked;
