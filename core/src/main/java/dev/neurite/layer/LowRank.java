package dev.neurite.layer;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.Noise;
import dev.neurite.model.Adapter;
import dev.neurite.model.Initializer;
import dev.neurite.model.Pass;
import dev.neurite.tensor.Matrix;
import dev.neurite.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// One run of an [Adapter]: y += h·Bᵀ with h = scale·drop(x)·Aᵀ, and its gradients.
final class LowRank {
    /// Of A: uniform within ±1/√in, as in PEFT (Kaiming's with the slope √5).
    static final Initializer A = Initializers.heUniform().forSlope(Math.sqrt(5));

    /// Of B: so that the adapter changes nothing at first.
    static final Initializer B = Initializers.zeros();

    private final Pass pass;
    private final Adapter adapter;
    private final @Nullable Noise noise; // null without dropout
    private final Tensor x; // after dropout
    private final Tensor h;

    LowRank(Pass pass, Adapter adapter, Tensor in) {
        this.pass = pass;
        this.adapter = adapter;
        this.noise = adapter.dropout() == 0 ? null : pass.noise();
        Kernels kernels = pass.kernels();
        if (noise == null) {
            x = in;
        } else {
            x = pass.like(in);
            kernels.noise().dropout(noise, adapter.dropout(), in, x);
        }
        h = tensor();
        kernels.dense(x.positions(), pass.weights(adapter.a()), Tensor.EMPTY, Activation.IDENTITY, h.positions());
        scale(h);
    }

    private Tensor tensor() {
        return pass.tensor(Axes.with(x.shape().row(), x.shape().rank() - 2, adapter.rank()));
    }

    private void scale(Tensor t) {
        if (adapter.scale() != 1) pass.kernels().scale((float) adapter.scale(), t, t);
    }

    void addTo(Tensor y) {
        Matrix b = pass.parameter(adapter.b()).matrix();
        pass.kernels()
                .addProduct(h.positions().matrix(), b.transpose(), y.positions().matrix());
    }

    /// dB = δᵀ·h, dA = dhᵀ·drop(x) and dx += drop(dh·A), with dh = scale·δ·B.
    /// @param dx empty if it is not wanted
    void backward(Tensor delta, Tensor dx) {
        Kernels kernels = pass.kernels();
        Matrix d = delta.positions().matrix();
        if (pass.wants(adapter.b())) {
            kernels.product(
                    d.transpose(),
                    h.positions().matrix(),
                    pass.gradient(adapter.b()).matrix());
        }
        Tensor dh = tensor();
        Matrix rows = dh.positions().matrix();
        kernels.product(d, pass.parameter(adapter.b()).matrix(), rows);
        scale(dh);
        if (pass.wants(adapter.a())) {
            kernels.product(
                    rows.transpose(),
                    x.positions().matrix(),
                    pass.gradient(adapter.a()).matrix());
        }
        if (dx.size() == 0) return;
        Matrix a = pass.parameter(adapter.a()).matrix();
        if (noise == null) {
            kernels.addProduct(rows, a, dx.positions().matrix());
            return;
        }
        Tensor part = pass.like(x);
        kernels.product(rows, a, part.positions().matrix());
        kernels.noise().dropout(noise, adapter.dropout(), part, part);
        kernels.add(dx, part, dx);
    }
}
