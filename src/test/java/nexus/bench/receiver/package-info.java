/**
 * What arrives? Receivers in the clear and over TLS that cost little, and the count of what was sent, received, lost,
 * repeated and out of order. Never sends.
 */
@NullMarked
package nexus.bench.receiver;

import org.jspecify.annotations.NullMarked;
