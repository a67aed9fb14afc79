/** How are results shown? Takes sections; gives a table for people and JSON for programs. Never measures. */
@NullMarked
package nexus.bench.report;

import org.jspecify.annotations.NullMarked;
