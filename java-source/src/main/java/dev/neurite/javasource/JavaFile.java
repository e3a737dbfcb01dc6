package dev.neurite.javasource;

import java.util.List;
import java.util.Optional;

/// A file that is to be written.
/// @param packageName of the class; empty for none
/// @param className its name
/// @param text the Java
/// @param weights if they are not in the text
/// @param open whether it is for sequences of any length
/// @param notes what the class does not do as the model does
record JavaFile(
        String packageName, String className, String text, Optional<byte[]> weights, boolean open, List<String> notes) {
    /// Keeps a copy of the list.
    JavaFile {
        notes = List.copyOf(notes);
    }
}
