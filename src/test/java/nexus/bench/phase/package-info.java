/**
 * The parts of the benchmark. Each takes a subject, puts a load on it, and gives one section of the report.
 */
@NullMarked
package nexus.bench.phase;

import org.jspecify.annotations.NullMarked;
