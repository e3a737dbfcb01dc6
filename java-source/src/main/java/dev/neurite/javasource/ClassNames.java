package dev.neurite.javasource;

import java.util.Set;

/// Names of classes that the files use: a class of such a name would hide them.
final class ClassNames {
    private static final Set<String> TAKEN = Set.of(
            "Float",
            "IllegalArgumentException",
            "IllegalStateException",
            "Math",
            "Object",
            "Row",
            "StrictMath",
            "String",
            "System");

    private ClassNames() {}

    static boolean isTaken(String name) {
        return TAKEN.contains(name);
    }
}
