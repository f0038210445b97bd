namespace Recorder.Contracts;

/// <summary>The condition of the volume that a recorder writes to.</summary>
public enum StorageStatus
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Everything that is recorded is written.</summary>
    Writing = 1,

    /// <summary>The volume has no space left. Media is dropped until there is space again.</summary>
    Full = 2,

    /// <summary>The volume is slower than the media, or does not answer.</summary>
    Stalled = 3,
}
