package dev.neurite;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/// Tests that also run without the Vector API, where the scalar kernels compute: those of kernels, and
/// those that compare results with golden values, with a gradient from differences or bit by bit.
/// `mvn verify` runs all tests with the Vector API, then these once more without it.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("both-engines")
public @interface BothEngines {}
