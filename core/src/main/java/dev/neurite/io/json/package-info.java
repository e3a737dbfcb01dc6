/// JSON: [dev.neurite.io.json.Json]. Exported only to modules of this project. Depends on `error`.
@NullMarked
package dev.neurite.io.json;

import org.jspecify.annotations.NullMarked;
