package dev.neurite.kernel;

/// The module of the Vector API.
final class VectorModule {
    static final String NAME = "jdk.incubator.vector";

    /// A property that the command line's launcher sets to `late`: the module is loaded when something is
    /// computed. A JVM that loads an incubator module at its start leaves most of its AOT cache aside.
    private static final String LOADED = "neurite.vectors";

    private VectorModule() {}

    /// Whether it is in this JVM. Loads it, if it was left for later.
    static boolean isPresent() {
        return ModuleLayer.boot().findModule(NAME).isPresent() || Late.PRESENT;
    }

    private static final class Late {
        static final boolean PRESENT = "late".equals(System.getProperty(LOADED)) && load();

        /// Loads it by the method by which the JDK itself loads a module into a running JVM, for an agent. It
        /// is no part of Java's API: the launcher exports its package, and uses it only where it works.
        private static boolean load() {
            try {
                Class.forName("jdk.internal.module.Modules")
                        .getMethod("loadModule", String.class)
                        .invoke(null, NAME);
                Class.forName(NAME + ".FloatVector", false, VectorModule.class.getClassLoader());
                return true;
            } catch (ReflectiveOperationException _) {
                return false; // a JDK without the module or the method: kernels are plain loops, and say so
            }
        }
    }
}
