package dev.neurite.kernel;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels.Engine;
import dev.neurite.kernel.cpu.Cores;
import dev.neurite.kernel.cpu.CpuKernels;
import dev.neurite.kernel.cpu.FmaPeak;
import dev.neurite.kernel.cpu.Team;
import dev.neurite.kernel.cpu.conv.CpuConvolutions;
import dev.neurite.kernel.cpu.plane.CpuDistributions;
import dev.neurite.kernel.cpu.plane.CpuPlanes;
import dev.neurite.kernel.cpu.plane.CpuPools;
import dev.neurite.kernel.cpu.sequence.CpuAttentionKernels;
import dev.neurite.kernel.cpu.sequence.CpuPositionKernels;
import dev.neurite.kernel.cpu.sequence.CpuRecurrentKernels;
import dev.neurite.kernel.cpu.sequence.CpuSequenceKernels;

/// Creates the [Kernels] of each backend. There is one backend, `dev.neurite.kernel.cpu`, with two
/// engines.
final class Backends {
    /// The shared kernels, created on first use and never closed.
    static final class Shared {
        static final Kernels KERNELS = fastest(cores(), true);
    }

    private Backends() {}

    static int cores() {
        return Cores.available();
    }

    static boolean vectorsPresent() {
        return VectorModule.isPresent();
    }

    /// The floats of a vector of the fastest engine; 8 if it has none.
    static int lanes() {
        return vectorsPresent() ? Team.lanes() : 8;
    }

    /// Kernels on the fastest engine; says which it is, the first time.
    private static Kernels fastest(int threads, boolean shared) {
        EngineLog.OfThisJvm.say();
        return make(fastest(), threads, shared);
    }

    static Engine fastest() {
        return vectorsPresent() ? Engine.VECTOR : Engine.SCALAR;
    }

    static Kernels create(int threads) {
        requireThreads(threads);
        return fastest(threads, false);
    }

    static Kernels create(Engine engine, int threads) {
        requireThreads(threads);
        if (engine == Engine.VECTOR && !vectorsPresent()) {
            throw new ConfigException(
                    "vector kernels",
                    "expect the module jdk.incubator.vector, which is not in this JVM",
                    "Start java with --add-modules jdk.incubator.vector");
        }
        return make(engine, threads, false);
    }

    private static void requireThreads(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new ConfigException("threads", "expects 1 to 1024, got " + threads);
        }
    }

    static Kernels make(Engine engine, int threads, boolean shared) {
        var team = new Team(engine == Engine.VECTOR, threads);
        var subjects = new CpuKernels.Subjects(
                new CpuConvolutions(team),
                new CpuPools(team),
                new CpuPlanes(team),
                new CpuDistributions(team),
                new CpuRecurrentKernels(team),
                new CpuSequenceKernels(team),
                new CpuAttentionKernels(team),
                new CpuPositionKernels(team));
        return new CpuKernels(team, subjects, shared);
    }

    static double peakGflops(double seconds) {
        return FmaPeak.gflops(seconds, vectorsPresent());
    }
}
