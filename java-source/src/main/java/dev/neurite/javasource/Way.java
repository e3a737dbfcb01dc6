package dev.neurite.javasource;

import java.util.List;

/// A way to give a row: a method `predict` with these parameters.
/// @param parameters as Java: `Row row`
/// @param comment what they are
/// @param body fills the input
record Way(String parameters, String comment, List<String> body) {}
