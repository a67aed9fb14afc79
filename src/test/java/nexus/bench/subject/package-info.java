/**
 * What is measured? A Nexus that is started or runs already, its API, its processes, and the sources of events for it.
 * Never judges a figure.
 */
@NullMarked
package nexus.bench.subject;

import org.jspecify.annotations.NullMarked;
