/// The API of the page: a class for each resource, with its routes and its JSON.
/// [dev.neurite.dashboard.api.Api] puts them together. Computes nothing itself.
@NullMarked
package dev.neurite.dashboard.api;

import org.jspecify.annotations.NullMarked;
