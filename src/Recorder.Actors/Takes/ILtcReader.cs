using Recorder.Contracts;

namespace Recorder.Actors.Takes;

/// <summary>Reads linear time code out of what the recorder of a take has recorded so far.</summary>
internal interface ILtcReader
{
    /// <summary>Reads the sound around the take's moment.</summary>
    /// <param name="take">Has begun, and names a recorder for its time code.</param>
    Task<LtcAnswer> ReadAsync(Take take, CancellationToken cancellationToken);
}

/// <summary>What the sound of a take's recorder says.</summary>
/// <param name="TimeCode">The time code of the take's moment, at the take's rate; null when there is none.</param>
/// <param name="IntoFrame">How long before the moment its frame began.</param>
/// <param name="Problem">One sentence that says why there is none; "" when there is.</param>
/// <param name="IsFinal">Whether more sound cannot change it.</param>
internal sealed record LtcAnswer(TimeCode? TimeCode, TimeSpan IntoFrame, string Problem, bool IsFinal);
