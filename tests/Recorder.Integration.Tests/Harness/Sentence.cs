namespace Recorder.Integration.Tests.Harness;

/// <summary>What a user is told when something cannot be done.</summary>
public static class Sentence
{
    /// <summary>One line on stderr, a sentence, naming each of the things.</summary>
    public static void IsTheOnlyOne(RecorderProcess process, params string[] names)
    {
        var lines = process.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(1, process.Describe());
        lines[0].ShouldEndWith(".", Case.Sensitive, process.Describe());
        lines[0].Length.ShouldBeLessThan(400);
        lines[0].ShouldNotContain("   at ", Case.Sensitive, process.Describe());
        lines[0].ShouldNotContain("Exception", Case.Sensitive, process.Describe());
        foreach (var name in names)
            lines[0].ShouldContain(name, Case.Insensitive, process.Describe());
    }
}
