/// Models and weights of other software: the commands `export`, `import` and `convert`, and the formats that they know,
/// one class each, listed in [dev.neurite.cli.exchange.Formats].
@NullMarked
package dev.neurite.cli.exchange;

import org.jspecify.annotations.NullMarked;
