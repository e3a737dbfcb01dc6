package dev.neurite.kernel.cpu;

import static java.util.Objects.requireNonNull;

import dev.neurite.kernel.LossKernels;
import dev.neurite.kernel.Pointwise;
import dev.neurite.kernel.Rowwise;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// [LossKernels] on the processor.
final class CpuLossKernels implements LossKernels {
    private final Team team;

    CpuLossKernels(Team team) {
        this.team = team;
    }

    @Override
    public void softmaxCrossEntropy(Tensor z, int[] labels, Tensor losses, Tensor delta) {
        Checks.same("softmaxCrossEntropy", z, delta);
        Checks.oneEach("softmaxCrossEntropy", z, losses.size());
        Checks.labels(z, labels, z.matrix().columns());
        Call call = team.call(z, losses, delta);
        call.labels = labels;
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int zo = c.aAt + i * n;
            int at = c.cAt + i * n;
            double logSum = c.engine.losses().softmaxWithLogSum(c.a, zo, c.c, at, n);
            c.b[c.bAt + i] = (float) (logSum - c.a[zo + c.labels[i]]);
            c.c[at + c.labels[i]] -= 1;
            c.engine.flush(c.c, at, n);
        });
    }

    @Override
    public void softmaxCrossEntropy(Tensor z, Tensor t, Tensor losses, Tensor delta) {
        Call call = call("softmaxCrossEntropy", z, t, losses, delta);
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int zo = c.aAt + i * n;
            int to = c.bAt + i * n;
            int at = c.dAt + i * n;
            double logSum = c.engine.losses().softmaxWithLogSum(c.a, zo, c.d, at, n);
            float total = c.engine.sum(c.b, to, n);
            double loss = 0;
            for (int j = 0; j < n; j++) loss += c.b[to + j] * (logSum - c.a[zo + j]);
            c.c[c.cAt + i] = (float) loss;
            c.engine.scale(total, c.d, at, c.d, at, n);
            c.engine.addScaled(-1, c.b, to, c.d, at, n);
            c.engine.flush(c.d, at, n);
        });
    }

    @Override
    public void sigmoidCrossEntropy(Tensor z, Tensor t, Tensor losses, Tensor delta) {
        Call call = call("sigmoidCrossEntropy", z, t, losses, delta);
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.c[c.cAt + i] =
                    c.engine.losses().sigmoidCrossEntropyRow(c.a, c.aAt + at, c.b, c.bAt + at, c.d, c.dAt + at, n);
            c.engine.flush(c.d, c.dAt + at, n);
        });
    }

    @Override
    public void squaredError(Tensor y, Tensor t, Tensor losses, Tensor delta) {
        Call call = call("squaredError", y, t, losses, delta);
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.c[c.cAt + i] = c.engine.losses().squaredErrorRow(c.a, c.aAt + at, c.b, c.bAt + at, c.d, c.dAt + at, n);
        });
    }

    @Override
    public void pointwiseLoss(Pointwise f, Tensor y, Tensor t, Tensor losses, Tensor delta) {
        Call call = call("pointwiseLoss", y, t, losses, delta);
        call.pointwise = f;
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            var of = requireNonNull(c.pointwise);
            c.c[c.cAt + i] =
                    c.engine.losses().pointwiseLossRow(of, c.a, c.aAt + at, c.b, c.bAt + at, c.d, c.dAt + at, n);
            c.engine.flush(c.d, c.dAt + at, n);
        });
    }

    @Override
    public void rowLoss(Rowwise f, Tensor y, Tensor t, Tensor losses, Tensor delta) {
        Checks.oneEach("rowLoss", y, losses.size());
        Checks.oneEach("rowLoss", y, t.rows());
        Checks.same("rowLoss", y, delta);
        Call call = team.call(y, t, losses);
        call.setD(delta);
        call.rowwise = f;
        call.otherColumns = t.matrix().columns();
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int at = c.dAt + i * n;
            var of = requireNonNull(c.rowwise);
            c.c[c.cAt + i] = of.compute(c.a, c.aAt + i * n, n, c.b, c.bAt + i * c.otherColumns, c.d, at);
            c.engine.flush(c.d, at, n);
        });
    }

    @Override
    public void applyWeights(float factor, Tensor weights, Tensor x) {
        if (weights.size() != 0) Checks.oneEach("applyWeights", x, weights.size());
        Call call = team.call(x, weights);
        call.factor = factor;
        call.otherColumns = Math.min(1, weights.size());
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int at = c.aAt + i * n;
            float s = c.otherColumns == 0 ? c.factor : c.factor * c.b[c.bAt + i];
            c.engine.scale(s, c.a, at, c.a, at, n);
            c.engine.flush(c.a, at, n);
        });
    }

    @Override
    public void smooth(float epsilon, Tensor w, Tensor t, Tensor q) {
        Checks.same("smooth", t, q);
        if (w.size() != 0) Checks.columnsLike("smooth", t, w);
        Call call = team.call(t, w, q);
        call.factor = epsilon;
        call.otherColumns = w.size();
        team.rows(call, (c, i) -> {
            int at = i * c.columns;
            System.arraycopy(c.a, c.aAt + at, c.c, c.cAt + at, c.columns);
            c.engine.losses().smoothRow(c.factor, c.b, c.bAt, c.otherColumns, c.c, c.cAt + at, c.columns);
        });
    }

    @Override
    public void smooth(float epsilon, Tensor w, int[] labels, int ignored, Tensor q) {
        Checks.labels(q, labels, q.matrix().columns(), ignored);
        if (w.size() != 0) Checks.columnsLike("smooth", q, w);
        Call call = team.call(q, w);
        call.factor = epsilon;
        call.otherColumns = w.size();
        call.labels = labels;
        call.ignored = ignored;
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int at = c.aAt + i * n;
            int label = c.labels[i];
            Arrays.fill(c.a, at, at + n, 0);
            if (label == c.ignored) return;
            c.a[at + label] = 1;
            c.engine.losses().smoothRow(c.factor, c.b, c.bAt, c.otherColumns, c.a, at, n);
        });
    }

    @Override
    public void oneHot(int[] labels, Tensor y) {
        int columns = y.matrix().columns();
        Checks.labels(y, labels, columns > 1 ? columns : 2);
        Call call = team.call(y, y);
        call.labels = labels;
        team.rows(call, (c, i) -> {
            int n = c.columns;
            int at = c.aAt + i * n;
            if (n > 1) Arrays.fill(c.a, at, at + n, 0);
            c.a[n > 1 ? at + c.labels[i] : at] = n > 1 ? 1 : c.labels[i];
        });
    }

    private Call call(String what, Tensor y, Tensor t, Tensor losses, Tensor delta) {
        Checks.oneEach(what, y, losses.size());
        Checks.same(what, y, t);
        Checks.same(what, y, delta);
        Checks.apart(what, y, delta);
        Checks.apart(what, t, delta);
        Call call = team.call(y, t, losses);
        call.setD(delta);
        return call;
    }
}
