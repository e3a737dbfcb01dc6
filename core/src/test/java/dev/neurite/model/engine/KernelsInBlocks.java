package dev.neurite.model.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.kernel.Convolutions;
import dev.neurite.kernel.Geometry;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Norms;
import dev.neurite.kernel.Planes;
import dev.neurite.kernel.Pools;
import dev.neurite.tensor.Layout;
import dev.neurite.tensor.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;

/// Kernels whose convolutions ask for channels in blocks. Convolutions, norms, pools and sums over channels compute
/// from copies in row-major order, after a check that the layouts of their arguments fit together; all others are
/// the plain kernels. So a network has blocks between its layers on any engine, and the bits of the plain kernels.
final class KernelsInBlocks {
    /// Which convolutions write blocks, of those whose outputs can be in blocks.
    interface Wish {
        boolean blocks(Geometry g, int groups, Layout ofX);
    }

    private final Kernels plain;
    private final Wish wish;
    private int blockedCalls;
    private int conversions;

    KernelsInBlocks(Kernels plain, Wish wish) {
        this.plain = plain;
        this.wish = wish;
    }

    /// The number of calls with a tensor in blocks, of those that compute from copies.
    int blockedCalls() {
        return blockedCalls;
    }

    /// The number of conversions that were asked for.
    int conversions() {
        return conversions;
    }

    Kernels kernels() {
        Convolutions convolutions = proxy(Convolutions.class, this::convolve);
        Norms norms = proxy(Norms.class, (_, method, args) -> inOneLayout(plain.norms(), method, args));
        Pools pools = proxy(Pools.class, (_, method, args) -> inOneLayout(plain.pools(), method, args));
        Planes planes = proxy(Planes.class, (_, method, args) -> {
            if (method.getName().equals("convert")) conversions++;
            return invoke(plain.planes(), method, args);
        });
        return proxy(Kernels.class, (_, method, args) -> switch (method.getName()) {
            case "convolutions" -> convolutions;
            case "norms" -> norms;
            case "pools" -> pools;
            case "planes" -> planes;
            case "channelSums" -> inRowMajor(plain, method, args);
            default -> invoke(plain, method, args);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static Object invoke(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object convolve(Object proxy, Method method, Object[] args) throws Throwable {
        if (method.getName().equals("layout")) {
            boolean possible = (int) args[3] % Layout.BLOCK == 0;
            boolean blocks = possible && wish.blocks((Geometry) args[0], (int) args[1], (Layout) args[4]);
            return blocks ? Layout.BLOCKED : Layout.ROW_MAJOR;
        }
        List<Tensor> tensors = images(args);
        switch (method.getName()) {
            case "forward" -> { // x, residual, y; the last two have one layout, and x may have another if it is BLOCKED
                assertOneLayout(tensors.subList(1, tensors.size()));
                if (tensors.getLast().layout() == Layout.ROW_MAJOR) assertOneLayout(tensors);
            }
            case "inputGradient" -> { // dy, earlier, dx
                assertOneLayout(tensors.subList(1, tensors.size()));
                if (tensors.getFirst().layout() == Layout.ROW_MAJOR) assertOneLayout(tensors);
            }
            case "weightGradient" -> { // x, dy, dw
                if (tensors.get(1).layout() == Layout.ROW_MAJOR) assertOneLayout(tensors);
            }
            default -> assertThat(tensors).allMatch(each -> each.layout() == Layout.ROW_MAJOR);
        }
        return inRowMajor(plain.convolutions(), method, args);
    }

    /// The arguments with four axes.
    private static List<Tensor> images(Object[] args) {
        return Arrays.stream(args)
                .filter(Tensor.class::isInstance)
                .map(Tensor.class::cast)
                .filter(each -> each.shape().rank() == 4)
                .toList();
    }

    private static void assertOneLayout(List<Tensor> tensors) {
        assertThat(tensors.stream().map(Tensor::layout).distinct().count())
                .as("layouts of %s", tensors)
                .isLessThan(2);
    }

    private Object inOneLayout(Object target, Method method, Object[] args) throws Throwable {
        assertOneLayout(images(args));
        return inRowMajor(target, method, args);
    }

    private Object inRowMajor(Object target, Method method, Object[] args) throws Throwable {
        IdentityHashMap<Tensor, Tensor> copies = new IdentityHashMap<>();
        Object[] copied = args.clone();
        for (int i = 0; i < args.length; i++) {
            if (args[i] instanceof Tensor x && x.layout() == Layout.BLOCKED) {
                copied[i] = copies.computeIfAbsent(x, Tensor::copy);
            }
        }
        Object result = invoke(target, method, copied);
        copies.forEach((x, copy) -> plain.planes().convert(copy, x));
        if (!copies.isEmpty()) blockedCalls++;
        return result;
    }
}
