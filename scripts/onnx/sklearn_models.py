"""Writes models of scikit-learn as ONNX files, in the form that its converter skl2onnx has, with inputs and what
scikit-learn itself answers: onnx/src/test/resources/sklearn, which SklearnTest runs.

Needs Debian's python3-sklearn and python3-onnx; where python3-onnxruntime is installed, its answers are compared, too:
  /usr/bin/python3 scripts/onnx/sklearn_models.py onnx/src/test/resources/sklearn
"""
import os
import shutil
import sys

import numpy as np
from onnx import TensorProto as T
from onnx import checker, helper, numpy_helper
from sklearn import datasets, svm
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (AdaBoostClassifier, BaggingClassifier, ExtraTreesClassifier, GradientBoostingClassifier,
                              GradientBoostingRegressor, HistGradientBoostingClassifier, HistGradientBoostingRegressor,
                              RandomForestClassifier, RandomForestRegressor)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, LinearRegression, LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, Normalizer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

ML = 'ai.onnx.ml'
ROWS = 12


class Graph:
    """A graph while it grows."""

    def __init__(self, x, kinds=None):
        self.nodes, self.constants, self.count = [], [], 0
        self.inputs = kinds or [('x', T.FLOAT, [None, x.shape[1]], x)]
        self.outputs = []

    def node(self, op, *inputs, domain='', outputs=1, **attributes):
        self.count += 1
        names = [f'{op.lower()}{self.count}_{i}' for i in range(outputs)]
        given = [self.constant(each) if isinstance(each, np.ndarray) else each for each in inputs]
        self.nodes.append(helper.make_node(op, given, names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def ml(self, op, *inputs, outputs=1, **attributes):
        return self.node(op, *inputs, domain=ML, outputs=outputs, **attributes)

    def constant(self, array):
        self.count += 1
        name = f'c{self.count}'
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def output(self, name, value, answer):
        self.nodes.append(helper.make_node('Identity', [value], [name]))
        self.outputs.append((name, answer))


def f32(array):
    return np.asarray(array, np.float32)


def floats(array):
    return [float(each) for each in np.asarray(array).ravel()]


def labels(classes, integers='classlabels_int64s'):
    if isinstance(classes[0], str):
        return {'classlabels_strings': list(classes)}
    return {integers: [int(each) for each in classes]}


class Trees:
    """Trees in the form of TreeEnsembleClassifier and TreeEnsembleRegressor."""

    def __init__(self, kind):
        self.kind = kind
        self.nodes = {each: [] for each in ('treeids', 'nodeids', 'featureids', 'values', 'modes', 'truenodeids',
                                            'falsenodeids', 'missing_value_tracks_true', 'hitrates')}
        self.weights = {each: [] for each in ('treeids', 'nodeids', 'ids', 'weights')}
        self.trees = 0

    def add(self, number, feature, value, mode, yes, no, missing=0):
        for name, each in zip(self.nodes, (self.trees, number, feature, value, mode, yes, no, missing, 1.0)):
            self.nodes[name].append(each)

    def weight(self, number, target, weight):
        for name, each in zip(self.weights, (self.trees, number, target, float(weight))):
            self.weights[name].append(each)

    def sklearn(self, tree, weights_of):
        """A tree; `weights_of` makes pairs of target and weight of the value of a leaf."""
        for i in range(tree.node_count):
            if tree.children_left[i] < 0:
                self.add(i, 0, 0.0, 'LEAF', 0, 0)
                for target, weight in weights_of(tree.value[i]):
                    self.weight(i, target, weight)
            else:
                # scikit-learn compares floats with a double: the float below it decides in the same way
                threshold = np.float32(tree.threshold[i])
                if threshold > tree.threshold[i]:
                    threshold = np.nextafter(threshold, np.float32(-np.inf))
                self.add(i, int(tree.feature[i]), float(threshold), 'BRANCH_LEQ', int(tree.children_left[i]),
                         int(tree.children_right[i]))
        self.trees += 1

    def histogram(self, nodes, target):
        """A tree of HistGradientBoosting, which may have missing numbers on either side."""
        for i, each in enumerate(nodes):
            if each['is_leaf']:
                self.add(i, 0, 0.0, 'LEAF', 0, 0)
                self.weight(i, target, each['value'])
            else:
                threshold = np.float32(each['num_threshold'])
                if threshold > each['num_threshold']:
                    threshold = np.nextafter(threshold, np.float32(-np.inf))
                self.add(i, int(each['feature_idx']), float(threshold), 'BRANCH_LEQ', int(each['left']),
                         int(each['right']), int(each['missing_go_to_left']))
        self.trees += 1

    def attributes(self):
        all = {'nodes_' + name: each for name, each in self.nodes.items()}
        all.update({f'{self.kind}_{name}': each for name, each in self.weights.items()})
        return all


# ------------------------------------------------------------------------------------------------------------ the parts

def classifier_outputs(g, label, scores, model, x, zip_map=False):
    g.output('label', label, model.predict(x))
    answers = model.predict_proba(x)
    g.output('probabilities', scores, f32(answers))


def forest_classifier(g, x, model, trees, weight=None):
    classes = model.classes_
    two = len(classes) == 2
    all = Trees('class')
    for tree in trees:
        def weights(value):
            p = value[0] / value[0].sum() / len(trees)
            return [(0, p[1])] if two else list(enumerate(p))
        all.sklearn(tree.tree_, weights)
    return g.ml('TreeEnsembleClassifier', x, outputs=2, post_transform='NONE', **labels(classes), **all.attributes())


def forest_regressor(g, x, trees, scale=1.0, base=0.0, aggregate='SUM'):
    all = Trees('target')
    for tree in trees:
        all.sklearn(tree.tree_, lambda value: [(0, value.ravel()[0] * scale)])
    return g.ml('TreeEnsembleRegressor', x, n_targets=1, base_values=[float(base)], aggregate_function=aggregate,
                **all.attributes())


def boosting_classifier(g, x, model):
    k = model.estimators_.shape[1]
    start = model._raw_predict_init(np.zeros((1, model.n_features_in_)))[0]
    all = Trees('class')
    for stage in model.estimators_:
        for target, tree in enumerate(stage):
            all.sklearn(tree.tree_, lambda value: [(target, value.ravel()[0] * model.learning_rate)])
    return g.ml('TreeEnsembleClassifier', x, outputs=2, base_values=floats(start),
                post_transform='LOGISTIC' if k == 1 else 'SOFTMAX', **labels(model.classes_), **all.attributes())


def scaler(g, x, model):
    return g.ml('Scaler', x, offset=floats(model.mean_), scale=floats(1 / model.scale_))


def logistic(g, x, model, transform):
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    label, scores = g.ml('LinearClassifier', x, outputs=2, coefficients=floats(coefficients),
                         intercepts=floats(intercepts), multi_class=0, post_transform=transform,
                         **labels(model.classes_, 'classlabels_ints'))
    if transform == 'LOGISTIC' and len(model.classes_) > 2:
        scores = g.ml('Normalizer', scores, norm='L1')
    return label, scores


def support_vectors(g, x, model, transform='NONE'):
    kernel = model.kernel.upper()
    probabilities = {}
    if model.probability:
        probabilities = {'prob_a': floats(model.probA_), 'prob_b': floats(model.probB_)}
    return g.ml('SVMClassifier', x, outputs=2, kernel_type=kernel,
                kernel_params=[float(model._gamma), float(model.coef0), float(model.degree)],
                support_vectors=floats(model.support_vectors_), vectors_per_class=[int(n) for n in model.n_support_],
                coefficients=floats(model._dual_coef_), rho=floats(model._intercept_), post_transform=transform,
                **probabilities, **labels(model.classes_, 'classlabels_ints'))


def argmax_label(g, scores, classes):
    index = g.node('ArgMax', scores, axis=1, keepdims=0)
    if isinstance(classes[0], str):
        label = g.ml('ArrayFeatureExtractor', np.array(list(classes)).astype(object), index)
        return g.node('Reshape', label, np.array([-1]))
    return g.node('Gather', np.asarray(classes, np.int64), index)


def dense(g, x, w, b):
    return g.node('Add', g.node('MatMul', x, f32(w)), f32(b))


# ----------------------------------------------------------------------------------------------------------- the models

IRIS = datasets.load_iris()
CANCER = datasets.load_breast_cancer()
WINE = datasets.load_wine()
DIABETES = datasets.load_diabetes()


def data(which, columns=6, texts=False):
    """Training rows as scikit-learn gets them, and rows to predict that are not among them."""
    x = f32(which.data[:, :columns])
    y = which.target
    if which is DIABETES:
        y = (y - y.mean()) / y.std()
    if texts:
        y = np.array([str(which.target_names[each]) for each in y])
    order = np.random.RandomState(7).permutation(len(x))
    x, y = x[order], y[order]
    return x[ROWS:], y[ROWS:], x[:ROWS]


def trees_of(name, model, which, texts=False):
    x, y, test = data(which, texts=texts)
    model.fit(x, y)
    g = Graph(test)
    trees = getattr(model, 'estimators_', [model])
    label, scores = forest_classifier(g, 'x', model, trees)
    classifier_outputs(g, label, scores, model, test)
    return name, g


def regression_of(name, model, build):
    x, y, test = data(DIABETES)
    model.fit(x, y)
    g = Graph(test)
    g.output('y', build(g, model), f32(model.predict(test)).reshape(-1, 1))
    return name, g


def linear(g, model, x='x'):
    return g.ml('LinearRegressor', x, targets=1, coefficients=floats(model.coef_),
                intercepts=floats(np.atleast_1d(model.intercept_)))


def models():
    few = {'n_estimators': 5, 'max_depth': 3, 'random_state': 0}
    yield trees_of('decision_tree_two_classes', DecisionTreeClassifier(max_depth=4, random_state=0), CANCER)
    yield trees_of('decision_tree_texts', DecisionTreeClassifier(max_depth=4, random_state=0), IRIS, texts=True)
    yield trees_of('random_forest_two_classes', RandomForestClassifier(**few), CANCER, texts=True)
    yield trees_of('random_forest', RandomForestClassifier(**few), WINE)
    yield trees_of('extra_trees', ExtraTreesClassifier(**few), IRIS)
    yield trees_of('bagging', BaggingClassifier(DecisionTreeClassifier(max_depth=3), 5, random_state=0), WINE)
    yield regression_of('decision_tree_regressor', DecisionTreeRegressor(max_depth=4, random_state=0),
                        lambda g, m: forest_regressor(g, 'x', [m]))
    yield regression_of('random_forest_regressor', RandomForestRegressor(**few),
                        lambda g, m: forest_regressor(g, 'x', m.estimators_, aggregate='AVERAGE'))
    for name, which in (('gradient_boosting_two_classes', CANCER), ('gradient_boosting', IRIS)):
        x, y, test = data(which)
        model = GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0).fit(x, y)
        g = Graph(test)
        label, scores = boosting_classifier(g, 'x', model)
        classifier_outputs(g, label, scores, model, test)
        yield name, g
    yield regression_of('gradient_boosting_regressor', GradientBoostingRegressor(**few),
                        lambda g, m: forest_regressor(g, 'x', [e[0] for e in m.estimators_], m.learning_rate,
                                                      m.init_.constant_.ravel()[0]))
    yield from histograms()
    yield from adaboost()
    yield regression_of('linear_regression', LinearRegression(), linear)
    yield regression_of('ridge', Ridge(0.3), linear)
    yield regression_of('elastic_net', ElasticNet(0.01), linear)
    yield regression_of('scaler_and_ridge', make_pipeline(StandardScaler(), Ridge()),
                        lambda g, m: linear(g, m[1], scaler(g, 'x', m[0])))
    yield regression_of('normalizer_and_linear_regression', make_pipeline(Normalizer('l1'), LinearRegression()),
                        lambda g, m: linear(g, m[1], g.ml('Normalizer', 'x', norm='L1')))
    yield from logistics()
    yield from machines()
    yield from pipelines()
    yield from networks()
    yield from bayes()
    yield from neighbors()


def histograms():
    x, y, test = data(CANCER)
    x[::7, 2], test[::3, 2], test[1, 0] = np.nan, np.nan, np.nan
    model = HistGradientBoostingClassifier(max_iter=4, max_leaf_nodes=5).fit(x, y)
    g = Graph(test)
    all = Trees('class')
    for stage in model._predictors:
        all.histogram(stage[0].nodes, 0)
    label, scores = g.ml('TreeEnsembleClassifier', 'x', outputs=2, post_transform='LOGISTIC',
                         base_values=floats(model._baseline_prediction), **labels(model.classes_), **all.attributes())
    classifier_outputs(g, label, scores, model, test)
    yield 'histogram_boosting_with_missing_numbers', g

    x, y, test = data(DIABETES)
    model = HistGradientBoostingRegressor(max_iter=4, max_leaf_nodes=5).fit(x, y)
    g = Graph(test)
    all = Trees('target')
    for stage in model._predictors:
        all.histogram(stage[0].nodes, 0)
    value = g.ml('TreeEnsembleRegressor', 'x', n_targets=1, base_values=floats(model._baseline_prediction),
                 **all.attributes())
    g.output('y', value, f32(model.predict(test)).reshape(-1, 1))
    yield 'histogram_boosting_regressor', g


def adaboost():
    x, y, test = data(WINE)
    model = AdaBoostClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=5, random_state=0,
                               algorithm='SAMME').fit(x, y)
    g = Graph(test)
    k = len(model.classes_)
    all = Trees('target')
    total = model.estimator_weights_.sum()
    for tree, weight in zip(model.estimators_, model.estimator_weights_):
        def votes(value):
            best = int(np.argmax(value[0]))
            return [(i, weight / total * (1 if i == best else -1 / (k - 1))) for i in range(k)]
        all.sklearn(tree.tree_, votes)
    decision = g.ml('TreeEnsembleRegressor', 'x', n_targets=k, **all.attributes())
    scores = g.node('Softmax', g.node('Div', decision, f32([k - 1])), axis=1)
    classifier_outputs(g, argmax_label(g, decision, model.classes_), scores, model, test)
    yield 'ada_boost', g


def logistics():
    for name, which, transform, model in (
            ('logistic_regression_two_classes', CANCER, 'LOGISTIC', LogisticRegression(max_iter=5000)),
            ('logistic_regression', IRIS, 'SOFTMAX', LogisticRegression(max_iter=5000)),
            ('logistic_regression_one_against_rest', IRIS, 'LOGISTIC',
             LogisticRegression(max_iter=5000, multi_class='ovr'))):
        x, y, test = data(which, texts=which is IRIS)
        model.fit(x, y)
        g = Graph(test)
        label, scores = logistic(g, 'x', model, transform)
        classifier_outputs(g, label, scores, model, test)
        yield name, g
    x, y, test = data(WINE)
    model = make_pipeline(StandardScaler(), svm.LinearSVC(dual=False)).fit(x, y)
    g = Graph(test)
    label, scores = logistic(g, scaler(g, 'x', model[0]), model[1], 'NONE')
    g.output('label', label, model.predict(test))
    g.output('scores', scores, f32(model.decision_function(test)))
    yield 'linear_svc', g
    x, y, test = data(WINE)
    model = LinearDiscriminantAnalysis().fit(x, y)
    g = Graph(test)
    label, scores = logistic(g, 'x', model, 'SOFTMAX')
    classifier_outputs(g, label, scores, model, test)
    yield 'linear_discriminant_analysis', g


def machines():
    for name, which, model in (
            ('svc_rbf_two_classes', CANCER, svm.SVC(probability=True, random_state=0)),
            ('svc_polynomial', IRIS, svm.SVC(kernel='poly', degree=2, coef0=0.5, probability=True, random_state=0)),
            ('nu_svc_sigmoid', IRIS, svm.NuSVC(kernel='sigmoid', gamma=0.01, nu=0.3, probability=True, random_state=0))):
        x, y, test = data(which, 4)
        x, y = x[:60], y[:60]
        model.fit(x, y)
        g = Graph(test)
        label, scores = support_vectors(g, 'x', model)
        classifier_outputs(g, label, scores, model, test)
        yield name, g
    x, y, test = data(IRIS)
    model = svm.SVC(C=0.05, kernel='linear', decision_function_shape='ovo').fit(x[:60], y[:60])
    g = Graph(test)
    label, scores = support_vectors(g, 'x', model)
    g.output('label', label, model.predict(test))
    g.output('scores', scores, f32(model.decision_function(test)))
    yield 'svc_linear_without_probabilities', g
    x, y, test = data(DIABETES)
    for name, model, one in (('svr', svm.SVR(), 0), ('one_class_svm', svm.OneClassSVM(nu=0.3), 1)):
        model.fit(x[:60], y[:60])
        g = Graph(test)
        value = g.ml('SVMRegressor', 'x', kernel_type='RBF', kernel_params=[float(model._gamma), 0.0, 3.0],
                     support_vectors=floats(model.support_vectors_), n_supports=len(model.support_vectors_),
                     coefficients=floats(model._dual_coef_), rho=floats(model._intercept_), one_class=one)
        g.output('y', value, f32(model.predict(test)).reshape(-1, 1))
        yield name, g


def pipelines():
    x, y, test = data(WINE)
    x[::5, 1], test[::2, 1], test[3, 4] = np.nan, np.nan, np.nan
    model = make_pipeline(SimpleImputer(strategy='median'), StandardScaler(),
                          RandomForestClassifier(n_estimators=4, max_depth=3, random_state=0)).fit(x, y)
    g = Graph(test)
    filled = g.ml('Imputer', 'x', imputed_value_floats=floats(model[0].statistics_), replaced_value_float=float('nan'))
    label, scores = forest_classifier(g, scaler(g, filled, model[1]), model[2], model[2].estimators_)
    classifier_outputs(g, label, scores, model, test)
    yield 'imputer_scaler_and_forest', g

    x, y, test = data(IRIS, texts=True)
    model = make_pipeline(PCA(2), LogisticRegression()).fit(x, y)
    g = Graph(test)
    parts = g.node('MatMul', g.node('Sub', 'x', f32(model[0].mean_)), f32(model[0].components_.T))
    label, scores = logistic(g, parts, model[1], 'SOFTMAX')
    classifier_outputs(g, label, scores, model, test)
    yield 'principal_components_and_logistic_regression', g

    x, y, test = data(WINE)
    model = make_pipeline(MinMaxScaler(), LogisticRegression()).fit(x, y)
    g = Graph(test)
    scaled = g.node('Add', g.node('Mul', 'x', f32(model[0].scale_)), f32(model[0].min_))
    label, scores = logistic(g, scaled, model[1], 'SOFTMAX')
    classifier_outputs(g, label, scores, model, test)
    yield 'min_max_scaler_and_logistic_regression', g
    yield mixed_columns()


def mixed_columns():
    """Texts, integers and numbers: the kind of table that people have."""
    import pandas
    rng = np.random.RandomState(1)
    n = 200
    table = pandas.DataFrame({'city': rng.choice(['Oslo', 'Rome', 'Kyōto'], n), 'rooms': rng.randint(1, 5, n),
                              'area': f32(rng.uniform(20, 120, n))})
    y = np.where(table.area + 30 * (table.city == 'Rome') + 10 * table.rooms + rng.normal(0, 9, n) > 110, 'dear', 'cheap')
    encoder = ColumnTransformer([('texts', OneHotEncoder(handle_unknown='ignore'), ['city', 'rooms']),
                                 ('numbers', StandardScaler(), ['area'])])
    model = make_pipeline(encoder, LogisticRegression()).fit(table[ROWS:], y[ROWS:])
    test = table[:ROWS].copy()
    test.loc[2, 'city'] = 'Lima'
    columns = [('city', T.STRING, [None, 1], test[['city']].values), ('rooms', T.INT64, [None, 1], test[['rooms']].values),
               ('area', T.FLOAT, [None, 1], test[['area']].values)]
    g = Graph(None, columns)
    encode, scale = encoder.transformers_[0][1], encoder.transformers_[1][1]
    cities = g.ml('OneHotEncoder', 'city', cats_strings=list(encode.categories_[0]), zeros=1)
    rooms = g.ml('OneHotEncoder', 'rooms', cats_int64s=[int(each) for each in encode.categories_[1]], zeros=1)
    flat = [g.node('Reshape', each, np.array([0, -1])) for each in (cities, rooms)]
    label, scores = logistic(g, g.node('Concat', *flat, scaler(g, 'area', scale), axis=1), model[1], 'LOGISTIC')
    g.output('label', label, model.predict(test))
    g.output('probabilities', scores, f32(model.predict_proba(test)))
    return 'one_hot_columns_and_logistic_regression', g


def networks():
    x, y, test = data(IRIS, texts=True)
    model = MLPClassifier((5,), max_iter=900, random_state=0).fit(x, y)
    g = Graph(test)
    hidden = g.node('Relu', dense(g, 'x', model.coefs_[0], model.intercepts_[0]))
    scores = g.node('Softmax', dense(g, hidden, model.coefs_[1], model.intercepts_[1]), axis=1)
    classifier_outputs(g, argmax_label(g, scores, model.classes_), scores, model, test)
    yield 'mlp', g
    yield regression_of('mlp_regressor', MLPRegressor((4,), activation='tanh', max_iter=900, random_state=0),
                        lambda g, m: dense(g, g.node('Tanh', dense(g, 'x', m.coefs_[0], m.intercepts_[0])), m.coefs_[1],
                                           m.intercepts_[1]))


def joint_scores(g, model, joint, x):
    scores = g.node('Softmax', joint, axis=1)
    classifier_outputs(g, argmax_label(g, joint, model.classes_), scores, model, x)


def bayes():
    x, y, test = data(IRIS)
    model = GaussianNB().fit(x, y)
    g = Graph(test)
    prior = np.log(model.class_prior_) - 0.5 * np.log(2 * np.pi * model.var_).sum(1)
    rows = g.node('Unsqueeze', 'x', np.array([1]))
    distance = g.node('Sub', rows, f32(model.theta_[None]))
    spread = g.node('Div', g.node('Mul', distance, distance), f32(model.var_[None]))
    joint = g.node('Sub', f32(prior), g.node('Mul', g.node('ReduceSum', spread, np.array([2]), keepdims=0), f32([0.5])))
    joint_scores(g, model, joint, test)
    yield 'gaussian_naive_bayes', g

    x, y, test = data(WINE)
    x, test = x / 32, test / 32
    model = MultinomialNB().fit(x, y)
    g = Graph(test)
    joint_scores(g, model, dense(g, 'x', model.feature_log_prob_.T, model.class_log_prior_), test)
    yield 'multinomial_naive_bayes', g

    x, y, test = data(CANCER)
    model = BernoulliNB(binarize=12).fit(x, y)
    g = Graph(test)
    no = np.log(1 - np.exp(model.feature_log_prob_))
    joint = dense(g, g.ml('Binarizer', 'x', threshold=12.0), (model.feature_log_prob_ - no).T,
                  model.class_log_prior_ + no.sum(1))
    joint_scores(g, model, joint, test)
    yield 'bernoulli_naive_bayes', g


def nearest(g, trained, k):
    """The places of the nearest rows, `[rows, k]`."""
    rows = g.node('Unsqueeze', 'x', np.array([1]))
    distance = g.node('Sub', rows, f32(trained)[None])
    squares = g.node('ReduceSum', g.node('Mul', distance, distance), np.array([2]), keepdims=0)
    return g.node('TopK', squares, np.array([k]), outputs=2, axis=1, largest=0)[1]


def neighbors():
    x, y, test = data(IRIS)
    model = KNeighborsClassifier(3, algorithm='brute').fit(x[:50], y[:50])
    g = Graph(test)
    ids = g.ml('ArrayFeatureExtractor', np.searchsorted(model.classes_, y[:50]).astype(np.int64)[None],
               g.node('Reshape', nearest(g, x[:50], 3), np.array([-1])))
    hot = g.node('OneHot', g.node('Reshape', ids, np.array([-1, 3])), np.array([len(model.classes_)]), f32([0, 1]))
    scores = g.node('ReduceMean', hot, axes=[1], keepdims=0)
    classifier_outputs(g, argmax_label(g, scores, model.classes_), scores, model, test)
    yield 'nearest_neighbors', g

    x, y, test = data(DIABETES)
    model = KNeighborsRegressor(4, algorithm='brute').fit(x[:50], y[:50])
    g = Graph(test)
    found = g.node('Gather', f32(y[:50]), nearest(g, x[:50], 4))
    g.output('y', g.node('ReduceMean', found, axes=[1], keepdims=1), f32(model.predict(test)).reshape(-1, 1))
    yield 'nearest_neighbors_regressor', g

    x, y, test = data(IRIS)
    model = KMeans(3, n_init=3, random_state=0).fit(x)
    g = Graph(test)
    distance = g.node('Sub', g.node('Unsqueeze', 'x', np.array([1])), f32(model.cluster_centers_)[None])
    squares = g.node('ReduceSum', g.node('Mul', distance, distance), np.array([2]), keepdims=0)
    g.output('label', g.node('ArgMin', squares, axis=1, keepdims=0), model.predict(test).astype(np.int64))
    g.output('distances', g.node('Sqrt', squares), f32(model.transform(test)))
    yield 'k_means', g


# ---------------------------------------------------------------------------------------------------------- the writing

def typed(answer):
    if answer.dtype.kind in 'OU':
        return answer.astype(object), T.STRING
    return (answer, T.FLOAT) if answer.dtype == np.float32 else (answer.astype(np.int64), T.INT64)


def write(directory, name, g):
    outputs = [(each,) + typed(answer) for each, answer in g.outputs]
    graph = helper.make_graph(
        g.nodes, name, [helper.make_tensor_value_info(n, t, s) for n, t, s, _ in g.inputs],
        [helper.make_tensor_value_info(n, t, [None] * a.ndim) for n, a, t in outputs], g.constants)
    model = helper.make_model(graph, ir_version=8, producer_name='scikit-learn',
                              opset_imports=[helper.make_opsetid('', 17), helper.make_opsetid(ML, 3)])
    checker.check_model(model, full_check=False)
    folder = os.path.join(directory, name)
    data = os.path.join(folder, 'test_data_set_0')
    os.makedirs(data)
    with open(os.path.join(folder, 'model.onnx'), 'wb') as file:
        file.write(model.SerializeToString())
    for kind, values in (('input', [(n, typed(np.asarray(x))[0]) for n, _, _, x in g.inputs]),
                         ('output', [(n, a) for n, a, _ in outputs])):
        for i, (each, value) in enumerate(values):
            with open(os.path.join(data, f'{kind}_{i}.pb'), 'wb') as file:
                file.write(numpy_helper.from_array(value, each).SerializeToString())
    return model, outputs


def compare(name, model, inputs, outputs, runtime):
    session = runtime.InferenceSession(model.SerializeToString(), providers=['CPUExecutionProvider'])
    got = session.run(None, {n: typed(np.asarray(x))[0] for n, _, _, x in inputs})
    for (each, answer, _), own in zip(outputs, got):
        same = np.abs(answer - own).max() <= 1e-5 if answer.dtype == np.float32 else (answer.astype(str) == own.astype(str)).all()
        if not same:
            print(f'{name}: onnxruntime differs in {each}', answer[:3], own[:3])


def main(directory):
    try:
        import onnxruntime as runtime
    except ImportError:
        runtime = None
    shutil.rmtree(directory, ignore_errors=True)
    count = 0
    for name, g in models():
        model, outputs = write(directory, name, g)
        count += 1
        if runtime:
            compare(name, model, g.inputs, outputs, runtime)
    print(f'{count} models' + ('' if runtime else ', not compared with onnxruntime'))


if __name__ == '__main__':
    main(sys.argv[1])
