package dev.neurite.kernel.cpu;

import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.ActivationKernels;
import dev.neurite.tensor.Tensor;

/// [ActivationKernels] on the processor.
final class CpuActivationKernels implements ActivationKernels {
    private final Team team;

    CpuActivationKernels(Team team) {
        this.team = team;
    }

    @Override
    public void activate(Elementwise g, Tensor z, Tensor y) {
        Checks.same("activate", z, y);
        Call call = team.call(z, y);
        call.activation = g;
        team.elements(call, (c, from, n) -> c.engine.activate(c.activation, c.a, c.aAt + from, c.b, c.bAt + from, n));
    }

    @Override
    public void activationGradient(Elementwise g, Tensor z, Tensor y, Tensor dy, Tensor dz) {
        Checks.same("activationGradient", z, y);
        Checks.same("activationGradient", y, dy);
        Checks.same("activationGradient", y, dz);
        Call call = team.call(z, y, dy);
        call.setD(dz);
        call.activation = g;
        team.elements(call, (c, from, n) -> {
            int at = c.dAt + from;
            c.engine.activationGradient(
                    c.activation, c.a, c.aAt + from, c.b, c.bAt + from, c.c, c.cAt + from, c.d, at, n);
            c.engine.flush(c.d, at, n);
        });
    }

    @Override
    public void prelu(Tensor z, Tensor slopes, Tensor y) {
        Checks.same("prelu", z, y);
        Call call = team.call(z, slopes, y);
        call.group = Checks.group("prelu", z, slopes);
        team.rows(call, (c, i) -> {
            int at = i * c.columns;
            c.engine.preluRow(c.b, c.bAt, c.group, c.a, c.aAt + at, c.c, c.cAt + at, c.columns);
        });
    }

    @Override
    public void preluGradient(Tensor z, Tensor slopes, Tensor dy, Tensor dz) {
        Checks.same("preluGradient", z, dy);
        Checks.same("preluGradient", z, dz);
        Call call = team.call(z, slopes, dy);
        call.setD(dz);
        call.group = Checks.group("preluGradient", z, slopes);
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            int to = c.dAt + at;
            c.engine.preluGradientRow(c.b, c.bAt, c.group, c.a, c.aAt + at, c.c, c.cAt + at, c.d, to, n);
            c.engine.flush(c.d, to, n);
        });
    }

    @Override
    public void multiplyBelowZero(Tensor z, Tensor dy, Tensor y) {
        Checks.same("multiplyBelowZero", z, dy);
        Checks.same("multiplyBelowZero", z, y);
        team.elements(
                team.call(z, dy, y),
                (c, from, n) -> c.engine.multiplyBelowZero(c.a, c.aAt + from, c.b, c.bAt + from, c.c, c.cAt + from, n));
    }

    @Override
    public void glu(Tensor x, int block, Tensor y) {
        Checks.halved("glu", x, block, y);
        Call call = team.call(x, y);
        call.group = block;
        team.rows(call, (c, i) -> {
            int n = c.columns;
            c.engine.gluRow(c.group, c.a, c.aAt + i * n, c.b, c.bAt + i * (n / 2), n);
        });
    }

    @Override
    public void gluGradient(Tensor x, int block, Tensor dy, Tensor dx) {
        Checks.halved("gluGradient", x, block, dy);
        Checks.same("gluGradient", x, dx);
        Checks.apart("gluGradient", x, dx);
        Checks.apart("gluGradient", dy, dx);
        Call call = team.call(x, dy, dx);
        call.group = block;
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int to = c.cAt + i * n;
            c.engine.gluGradientRow(c.group, c.a, c.aAt + i * n, c.b, c.bAt + i * (n / 2), c.c, to, n);
            c.engine.flush(c.c, to, n);
        });
    }

    @Override
    public void softmax(Tensor z, Tensor y) {
        Checks.same("softmax", z, y);
        team.rows(team.call(z, y), (c, i) -> {
            int n = c.columns;
            c.engine.losses().softmaxRow(c.a, c.aAt + i * n, c.b, c.bAt + i * n, n);
        });
    }

    @Override
    public void softmaxGradient(Tensor y, Tensor dy, Tensor dz) {
        Checks.same("softmaxGradient", y, dy);
        Checks.same("softmaxGradient", y, dz);
        team.rows(team.call(y, dy, dz), (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.engine.losses().softmaxGradientRow(c.a, c.aAt + at, c.b, c.bAt + at, c.c, c.cAt + at, n);
        });
    }

    @Override
    public void logSoftmax(Tensor z, Tensor y) {
        Checks.same("logSoftmax", z, y);
        Checks.apart("logSoftmax", z, y);
        team.rows(team.call(z, y), (c, i) -> {
            int at = i * c.columns;
            c.engine.losses().logSoftmaxRow(c.a, c.aAt + at, c.b, c.bAt + at, c.columns);
        });
    }

    @Override
    public void logSoftmaxGradient(Tensor y, Tensor dy, Tensor dz) {
        Checks.same("logSoftmaxGradient", y, dy);
        Checks.same("logSoftmaxGradient", y, dz);
        team.rows(team.call(y, dy, dz), (c, i) -> {
            int at = i * c.columns;
            c.engine.losses().logSoftmaxGradientRow(c.a, c.aAt + at, c.b, c.bAt + at, c.c, c.cAt + at, c.columns);
        });
    }
}
