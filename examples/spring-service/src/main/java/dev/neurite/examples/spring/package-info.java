/// A service with Spring Boot that answers with a trained model.
@NullMarked
package dev.neurite.examples.spring;

import org.jspecify.annotations.NullMarked;
