/// JMH benchmarks of kernels and training steps. After `mvn -Pbenchmarks -DskipTests package`, run them with `java
/// --add-modules jdk.incubator.vector -cp
/// 'benchmarks/target/neurite-benchmarks-0.1.0-SNAPSHOT.jar:benchmarks/target/lib/*' org.openjdk.jmh.Main`.
@NullMarked
package dev.neurite.benchmarks;

import org.jspecify.annotations.NullMarked;
