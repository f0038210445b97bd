namespace Recorder.Contracts;

/// <summary>What the crew thinks of a take.</summary>
public enum TakeRating
{
    /// <summary>Not set.</summary>
    Unknown = 0,

    /// <summary>Not rated.</summary>
    None = 1,

    /// <summary>Good.</summary>
    Good = 2,

    /// <summary>No good.</summary>
    NoGood = 3,

    /// <summary>Circled: to be printed.</summary>
    Circled = 4,
}

/// <summary>What a clapperboard says of a take. Everything but the number may be changed afterwards.</summary>
public sealed record Slate
{
    /// <summary>The template for the names of files if none is given.</summary>
    public const string DefaultTemplate = "{scene}{take}_{camera}_{reel}";

    /// <summary>The project, up to 200 characters.</summary>
    public string Project { get; init => field = value ?? ""; } = "";

    /// <summary>The scene: 1 to 64 letters, digits, spaces, dots, hyphens and underscores.</summary>
    public string Scene { get; init => field = value ?? ""; } = "1";

    /// <summary>The shot, up to 64 characters; "" for none.</summary>
    public string Shot { get; init => field = value ?? ""; } = "";

    /// <summary>The number of the take within project and scene, from 1. It rises and is never used again; it may skip.</summary>
    public int Take { get; init; }

    /// <summary>
    /// The names of the angles' files, without extension, from <c>{project} {scene} {shot} {take} {camera} {angle} {reel}</c> and other text.
    /// </summary>
    public string Template { get; init => field = value ?? DefaultTemplate; } = DefaultTemplate;

    /// <summary>Notes, up to 4,000 characters.</summary>
    public string Notes { get; init => field = value ?? ""; } = "";

    /// <summary>The rating.</summary>
    public TakeRating Rating { get; init; } = TakeRating.None;
}

/// <summary>A moment of a take that was given a name.</summary>
/// <param name="At">The moment, by the clock of the take.</param>
/// <param name="Name">1 to 200 characters.</param>
/// <param name="Colour">Its colour in the editor: blue, cyan, green, yellow, red, pink, purple, …; null for the editor's own.</param>
/// <param name="Note">More about it; "" for nothing.</param>
public sealed record TakeMark(DateTimeOffset At, string Name, string? Colour = null, string Note = "");

/// <summary>A change of a slate after the take was armed.</summary>
/// <param name="At">When it was changed.</param>
/// <param name="What">The member that was changed, by its name in JSON.</param>
/// <param name="From">The value before.</param>
/// <param name="To">The value since.</param>
public sealed record SlateChange(DateTimeOffset At, string What, string From, string To);
