/**
 * What happened to one event, as a trace that others can show?
 *
 * <p>Takes what the rooms on the way have done and when, gives spans to an OpenTelemetry collector and the
 * {@code traceparent} that receivers go on with. Never costs anything while no collector is named.
 */
@NullMarked
package nexus.trace;

import org.jspecify.annotations.NullMarked;
