namespace Recorder.Node.HyperDeck;

/// <summary>What the server of the protocol needs to know of a group of recorders, and what it has them do. Safe to use from any thread.</summary>
internal interface IDeck
{
    DeckDevice Device { get; }

    /// <summary>How long the deck has been there.</summary>
    TimeSpan Uptime { get; }

    DeckTransport Transport { get; }

    DeckSlot Slot { get; }

    /// <summary>The recorded clips in the order of their ids, which rise by one.</summary>
    IReadOnlyList<DeckClip> Clips { get; }

    /// <summary>Starts a clip. When the task is complete, <see cref="Transport"/> shows what became of it.</summary>
    /// <param name="name">What the clip is to be called; null lets the deck choose.</param>
    Task<DeckResult> RecordAsync(string? name, CancellationToken cancellationToken);

    /// <summary>Ends the clip; nothing is wrong when none is being recorded.</summary>
    Task<DeckResult> StopAsync(CancellationToken cancellationToken);

    /// <summary>Ends the clip and goes on in the next, without a gap.</summary>
    Task<DeckResult> SpillAsync(CancellationToken cancellationToken);

    /// <summary>Calls back after each change, until it is disposed of. The callback must return at once.</summary>
    IDisposable Subscribe(Action<DeckChange> changed);
}

/// <summary>How a deck presents itself.</summary>
/// <param name="Model">What it is; no colon.</param>
/// <param name="UniqueId">Tells it from every other one, also after a restart.</param>
internal sealed record DeckDevice(string Model, string UniqueId, string SoftwareVersion);

/// <summary>What a deck does at a moment.</summary>
/// <param name="DisplayTimeCode">The time code on its front panel, were there one.</param>
/// <param name="TimeCode">The time code within the clip.</param>
internal sealed record DeckTransport(DeckStatus Status, TimeCode DisplayTimeCode, TimeCode TimeCode)
{
    /// <summary>The clip that is being recorded, or was last; null for none.</summary>
    public int? ClipId { get; init; }

    /// <summary>For example 1080p25; null for one that the protocol has no name for.</summary>
    public string? VideoFormat { get; init; }
}

/// <summary>The volume that a deck records to.</summary>
/// <param name="Status">Mounted when it can be recorded to.</param>
/// <param name="Left">How much longer the deck can record as it does.</param>
internal sealed record DeckSlot(DeckSlotStatus Status, string VolumeName, TimeSpan Left, long BytesLeft, long BytesTotal);

/// <summary>A recorded clip.</summary>
/// <param name="Id">From 1.</param>
/// <param name="Start">The time code of its first frame.</param>
/// <param name="Duration">How long it is, as a time code.</param>
internal sealed record DeckClip(int Id, string Name, TimeCode Start, TimeCode Duration)
{
    /// <summary>FFmpeg's name of the codec; "" when unknown.</summary>
    public string Codec { get; init; } = "";

    /// <summary>As <see cref="DeckTransport.VideoFormat"/>.</summary>
    public string? VideoFormat { get; init; }
}
