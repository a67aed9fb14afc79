/**
 * What does a trace of one event show?
 *
 * <p>Takes the steps of an event and their times, gives spans to an OpenTelemetry collector and the {@code traceparent} that
 * receivers continue. Costs nothing while no collector is configured.
 */
@NullMarked
package nexus.trace;

import org.jspecify.annotations.NullMarked;
