package dev.neurite.train;

import dev.neurite.optim.Averaging;
import dev.neurite.optim.Clip;
import dev.neurite.optim.Optimizer;
import java.util.List;

/// How parameters change by their gradients: the part of a trainer's settings that an update needs.
record Plan(Optimizer optimizer, List<ParameterGroup> groups, Clip clip, Averaging averaging) {}
