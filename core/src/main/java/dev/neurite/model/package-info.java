/// The contract between layers and the engine that runs them: [dev.neurite.model.Node] and
/// [dev.neurite.model.Layer], [dev.neurite.model.Pass], and the container [dev.neurite.model.Graph].
/// Users work with [dev.neurite.model.Model]. Depends on `error`, `tensor` and `kernel`.
@NullMarked
package dev.neurite.model;

import org.jspecify.annotations.NullMarked;
