namespace Recorder.Media.Tests.Interchange;

/// <summary>Something that a file for an editor must keep, and the public page that says so.</summary>
internal sealed record Rule(string Format, int Number, string Text, string Source)
{
    public override string ToString() => $"{Format} rule {Number}: {Text} ({Source})";
}

internal sealed record BrokenRule(Rule Rule, string Detail)
{
    public override string ToString() => $"{Rule}{Environment.NewLine}    {Detail}";
}

/// <summary>The rules that a document breaks.</summary>
internal sealed class Findings
{
    private readonly List<BrokenRule> _broken = [];

    public IReadOnlyList<BrokenRule> Broken => _broken;

    /// <returns>Whether it holds.</returns>
    public bool Require(bool holds, Rule rule, string detail) => Require(holds, rule, () => detail);

    /// <param name="detail">Asked only when the rule is broken: to describe every element takes longer than to check it.</param>
    public bool Require(bool holds, Rule rule, Func<string> detail)
    {
        if (!holds)
            _broken.Add(new BrokenRule(rule, detail()));

        return holds;
    }
}
