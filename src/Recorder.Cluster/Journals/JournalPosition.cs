namespace Recorder.Cluster.Journals;

/// <summary>A place in a node's journal. Numbers mean something only together with the run of the process that wrote them.</summary>
internal readonly record struct JournalPosition(StartId Start, long Number);

/// <summary>The first number that a run of the process wrote.</summary>
internal readonly record struct JournalStart(StartId Start, long First);
