/// Runs networks: not exported. [dev.neurite.model.Network] and [dev.neurite.model.Model] use it, and
/// nothing else does. [dev.neurite.model.engine.NetworkExecutor] runs a pass,
/// [dev.neurite.model.engine.NodePass] is what nodes see of it, [dev.neurite.model.engine.Tape] takes
/// gradients back, [dev.neurite.model.engine.Prediction] predicts many rows.
@NullMarked
package dev.neurite.model.engine;

import org.jspecify.annotations.NullMarked;
