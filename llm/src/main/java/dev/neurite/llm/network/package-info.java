/// The networks of language models: decoders composed of core's layers, and the few layers that only they have.
package dev.neurite.llm.network;
