/// JSON: [dev.neurite.io.json.Json]. Not exported, except to the command line. Depends on `error`.
@NullMarked
package dev.neurite.io.json;

import org.jspecify.annotations.NullMarked;
