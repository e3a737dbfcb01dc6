/// The built-in layers, a record each, written against the public contract in `dev.neurite.model`, as
/// your own are. [dev.neurite.layer.Layers] and [dev.neurite.layer.Initializers] have factory methods
/// for them. May use `model` and what that may use.
@NullMarked
package dev.neurite.layer;

import org.jspecify.annotations.NullMarked;
