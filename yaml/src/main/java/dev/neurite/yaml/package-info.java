/// Configurations as YAML: a document with the lines of its values, and entries of the catalog in it.
@org.jspecify.annotations.NullMarked
package dev.neurite.yaml;
