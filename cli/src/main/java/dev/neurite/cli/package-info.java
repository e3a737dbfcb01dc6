/// The command line: [dev.neurite.cli.Main] and a class for each command.
///
/// Data goes to standard output; progress, notes and errors go to standard error. Depends on core, data
/// sets, examples, charts, dashboard, TensorBoard, YAML, picocli and snakeyaml-engine.
@NullMarked
package dev.neurite.cli;

import org.jspecify.annotations.NullMarked;
