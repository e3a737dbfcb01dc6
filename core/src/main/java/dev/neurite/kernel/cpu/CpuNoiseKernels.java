package dev.neurite.kernel.cpu;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Noise;
import dev.neurite.kernel.NoiseKernels;
import dev.neurite.tensor.Tensor;

/// [NoiseKernels] on the processor.
final class CpuNoiseKernels implements NoiseKernels {
    private final Team team;

    CpuNoiseKernels(Team team) {
        this.team = team;
    }

    @Override
    public void dropout(Noise noise, double rate, double scale, double shift, double otherwise, Tensor x, Tensor y) {
        Call call = call("dropout", noise, rate, x, y);
        call.factor = (float) scale;
        call.shift = (float) shift;
        call.otherwise = (float) otherwise;
        noise(call, (c, i) -> {
            int n = c.columns;
            int at = i * n;
            c.engine
                    .noise()
                    .dropout(
                            c.noise.row(i), c.cut, c.factor, c.shift, c.otherwise, c.a, c.aAt + at, c.b, c.bAt + at, n);
        });
    }

    @Override
    public void channelDropout(Noise noise, double rate, Tensor x, Tensor y) {
        if (x.shape().rank() < 2) {
            throw new ShapeException("channelDropout", "expects [rows × channels × …], got " + x.shape());
        }
        Call call = call("channelDropout", noise, rate, x, y);
        call.factor = (float) (1 / (1 - rate));
        call.channels = x.shape().extent(1);
        noise(call, (c, i) -> {
            int at = i * c.columns;
            int n = c.channels == 0 ? 0 : c.columns / c.channels;
            c.engine
                    .noise()
                    .channelDropout(c.noise.row(i), c.cut, c.factor, c.a, c.aAt + at, c.b, c.bAt + at, c.channels, n);
        });
    }

    @Override
    public void addNoise(Noise noise, double deviation, Tensor x, Tensor y) {
        Call call = call("addNoise", noise, 0, x, y);
        call.factor = (float) deviation;
        noise(call, (c, i) -> {
            int at = i * c.columns;
            Gaussian.add(c.noise.row(i), c.factor, false, c.a, c.aAt + at, c.b, c.bAt + at, c.columns);
        });
    }

    @Override
    public void multiplyNoise(Noise noise, double deviation, Tensor x, Tensor y) {
        Call call = call("multiplyNoise", noise, 0, x, y);
        call.factor = (float) deviation;
        noise(call, (c, i) -> {
            int at = i * c.columns;
            Gaussian.add(c.noise.row(i), c.factor, true, c.a, c.aAt + at, c.b, c.bAt + at, c.columns);
        });
    }

    private void noise(Call call, Call.Row code) {
        call.overRows(code, team.parts(call.size()), team.workers());
        team.done(call);
    }

    private Call call(String what, Noise noise, double rate, Tensor x, Tensor y) {
        Checks.same(what, x, y);
        if (!(rate >= 0 && rate < 1)) throw new ConfigException(what, "expects a rate from 0 to below 1, got " + rate);
        Call call = team.call(x, y);
        call.noise = noise;
        call.cut = ScalarNoise.cut(rate);
        return call;
    }
}
