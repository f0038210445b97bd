namespace Recorder.Actors.Storage;

/// <summary>Statistics of the writes to a volume.</summary>
/// <param name="Name">The volume.</param>
/// <param name="Writes">How many writes were done.</param>
/// <param name="Busy">The time that they took in total.</param>
/// <param name="Waiting">How many writes are waiting.</param>
/// <param name="Running">How long the current write has taken so far; zero when there is none.</param>
internal sealed record VolumeStatistics(string Name, long Writes, TimeSpan Busy, int Waiting, TimeSpan Running);
