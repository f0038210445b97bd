namespace Recorder.Node.HyperDeck;

/// <summary>What a deck does.</summary>
internal enum DeckStatus
{
    Unknown = 0,

    /// <summary>It shows its input.</summary>
    Preview = 1,
    Stopped = 2,
    Record = 3,
}

/// <summary>The condition of a deck's slot, which stands for the volume that it records to.</summary>
internal enum DeckSlotStatus
{
    Unknown = 0,
    Empty = 1,
    Mounting = 2,
    Error = 3,
    Mounted = 4,
}

/// <summary>What of a deck has changed.</summary>
[Flags]
internal enum DeckChange
{
    None = 0,
    Transport = 1,
    Slot = 2,
}
