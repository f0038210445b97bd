namespace Recorder.Node.Api;

/// <summary>Media of a recorder without a gap that is as long as the resolution.</summary>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends.</param>
/// <param name="Key">The recording at its begin.</param>
/// <param name="MediaTime">Its begin on that recording's timeline, milliseconds.</param>
/// <param name="IsMerged">Whether shorter gaps, or other recordings, are within it: then only its begin has this place on the timeline.</param>
internal sealed record LanePiece(DateTimeOffset From, DateTimeOffset To, string Key, TimeSpan MediaTime, bool IsMerged);

/// <summary>Media that should have been recorded and was not.</summary>
/// <param name="From">When the last media before it was captured.</param>
/// <param name="To">When the first media after it was captured.</param>
/// <param name="Cause">The cause.</param>
/// <param name="Detail">A sentence about the longest of them.</param>
/// <param name="Count">How many gaps of this cause, with less than the resolution between them, it stands for.</param>
/// <param name="Key">The recording of the first.</param>
internal sealed record LaneGap(DateTimeOffset From, DateTimeOffset To, GapCause Cause, string Detail, int Count, string Key);

/// <summary>A named moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="Label">Its name.</param>
/// <param name="Count">How many marks within the resolution it stands for.</param>
/// <param name="Key">The recording.</param>
/// <param name="MediaTime">Its place on the recording's timeline, milliseconds.</param>
internal sealed record LaneMark(DateTimeOffset At, string Label, int Count, string Key, TimeSpan MediaTime);

/// <summary>A recording that a hold protects from retention.</summary>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; absent while it is running.</param>
/// <param name="Key">The recording.</param>
internal sealed record LaneHold(DateTimeOffset From, DateTimeOffset? To, string Key);

/// <summary>A take of a recorder.</summary>
/// <param name="Id">The take.</param>
/// <param name="Name">Scene, shot and number.</param>
/// <param name="Rating">none, good, noGood or circled.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; absent while it is running.</param>
/// <param name="Marks">Its marks, those of the recordings too that were made as it happened.</param>
internal sealed record LaneTake(TakeId Id, string Name, TakeRating Rating, DateTimeOffset From, DateTimeOffset? To, IReadOnlyList<TakeMark> Marks);

/// <summary>What one recorder has.</summary>
/// <param name="Recorder">The recorder.</param>
/// <param name="Pieces">The media that exists, in order.</param>
/// <param name="Gaps">The gaps, in order.</param>
/// <param name="Marks">The marks, in order.</param>
/// <param name="Holds">The recordings with a hold, in order.</param>
/// <param name="Takes">The takes, in order.</param>
internal sealed record LaneAnswer(
    RecorderId Recorder, IReadOnlyList<LanePiece> Pieces, IReadOnlyList<LaneGap> Gaps, IReadOnlyList<LaneMark> Marks, IReadOnlyList<LaneHold> Holds,
    IReadOnlyList<LaneTake> Takes);

/// <summary>The recordings of several recorders on one wall clock.</summary>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends: earlier than asked for if there is more than the limit.</param>
/// <param name="Lanes">The recorders, in the order of the request.</param>
/// <param name="Next">The value of <c>from</c> for the rest; absent if this is all.</param>
internal sealed record LanesAnswer(DateTimeOffset From, DateTimeOffset To, IReadOnlyList<LaneAnswer> Lanes, DateTimeOffset? Next = null);
