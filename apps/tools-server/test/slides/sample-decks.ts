/** Decks that show every layout: short and long, in Latin, Chinese and Arabic letters. */
import type { DeckInput } from '@tandem/schemas'

/** A picture of 480 × 320 pixels, drawn here: hills under a sun. */
export const landscape =
  '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="640"><rect width="960" height="640" fill="#CFE4F7"/><circle cx="700" cy="190" r="90" fill="#F7C65B"/><path d="M0 470Q240 270 480 430T960 380V640H0Z" fill="#6FA889"/><path d="M0 560Q300 400 560 520T960 500V640H0Z" fill="#2F6B5A"/></svg>'

const quarters = ['Q1', 'Q2', 'Q3', 'Q4']

export function everyLayout(picture: string): DeckInput {
  return {
    title: 'How small teams ship reliable machine learning',
    subtitle: 'What we measured in a year of running our own models',
    author: 'Ada Example',
    date: 'November 2026',
    language: 'en',
    sources: [
      { title: 'State of ML Operations 2026', url: 'https://example.com/ml-ops-2026', page: 14 },
      { title: 'Latency logs of the gateway, January to September' },
      { title: 'Interviews with eleven teams', url: 'https://example.com/interviews' },
    ],
    slides: [
      { layout: 'title', notes: 'Welcome everybody, and say why we are here.' },
      {
        layout: 'agenda',
        title: 'Four questions for the next twenty minutes',
        blocks: [
          {
            type: 'bullets',
            numbered: true,
            items: [
              'What slows small teams down?',
              'Which numbers are worth watching?',
              'How do releases become boring?',
              'What should we do next?',
            ],
          },
        ],
      },
      { layout: 'section', title: 'Where the time goes', subtitle: 'Waiting, mostly' },
      {
        title: 'Most delays come from data, not from models',
        blocks: [
          {
            type: 'bullets',
            items: [
              'Labels arrive **two weeks** late on average',
              'Every second retraining repeats work that was done before',
              { text: 'The same features are built by several teams', level: 1 },
              { text: 'Nobody owns the schema', level: 1 },
              'Reviews wait for one person',
              'Only 1 in 5 experiments reaches `main`',
            ],
          },
        ],
        sources: [1, 3],
        notes: 'Give the example of the payments team.',
      },
      {
        title: 'Releases doubled while incidents fell',
        blocks: [
          {
            type: 'chart',
            kind: 'column',
            categories: quarters,
            series: [
              { name: 'Releases', values: [12, 18, 23, 31] },
              { name: 'Incidents', values: [9, 7, 4, 3] },
            ],
          },
          {
            type: 'bullets',
            items: [
              'Smaller changes are easier to undo',
              'Every release has an owner',
              'Rollback takes 40 seconds',
            ],
          },
        ],
        sources: [2],
      },
      {
        title: 'Latency fell below a second for good',
        blocks: [
          {
            type: 'chart',
            kind: 'line',
            unit: 'ms',
            categories: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep'],
            series: [
              { name: 'p95', values: [1840, 1710, 1500, 1320, 990, 930, 900, 870, 840] },
              { name: 'p50', values: [620, 600, 540, 470, 380, 360, 340, 330, 320] },
            ],
            takeaway: 'Batching in May took p95 from 1,320 to 990 ms.',
          },
        ],
        sources: [2],
      },
      {
        title: 'Two thirds of the budget keep things running',
        blocks: [
          {
            type: 'chart',
            kind: 'doughnut',
            categories: ['Serving', 'Labelling', 'Training', 'Research'],
            series: [{ name: 'Share', values: [41, 26, 20, 13] }],
          },
          {
            type: 'text',
            text: 'Serving alone costs **more than training and research together**.',
          },
        ],
      },
      {
        title: 'Teams that own their data answer faster',
        blocks: [
          {
            type: 'chart',
            kind: 'bar',
            unit: 'h',
            categories: ['Search', 'Payments', 'Recommendations', 'Fraud', 'Support'],
            series: [{ name: 'Hours', values: [4, 9, 14, 22, 31] }],
          },
        ],
      },
      {
        layout: 'two_columns',
        title: 'Two habits make the difference',
        blocks: [
          {
            type: 'bullets',
            heading: 'Before the change',
            column: 1,
            items: [
              'Write down what you expect',
              'Agree on the number that decides',
              'Keep the old model warm',
            ],
          },
          {
            type: 'bullets',
            heading: 'After the change',
            column: 2,
            items: [
              'Compare on the same traffic',
              'Undo first, discuss later',
              'Publish what was learnt',
            ],
          },
        ],
      },
      {
        layout: 'comparison',
        title: 'Buying is quicker, building is cheaper later',
        blocks: [
          {
            type: 'bullets',
            heading: 'Buy',
            items: ['Running in a week', 'Costs grow with use', 'Data leaves the house'],
          },
          {
            type: 'bullets',
            heading: 'Build',
            items: ['Running in a quarter', 'Costs grow with people', 'Data stays at home'],
          },
        ],
      },
      {
        title: 'The small model wins on cost, not on quality',
        blocks: [
          {
            type: 'table',
            columns: ['Model', 'Parameters', 'Accuracy', 'Cost per 1,000', 'Verdict'],
            rows: [
              ['Large, hosted', '405 B', '92.1%', '$4.10', 'For the hard tenth'],
              ['Medium, hosted', '70 B', '89.7%', '$0.90', 'Default'],
              ['Small, our own', '8 B', '84.3%', '$0.06', 'For drafts and routing'],
              ['Rules', '–', '61.0%', '$0.00', 'Where laws ask for them'],
            ],
            caption: 'Measured on 2,000 questions of our support team.',
          },
        ],
        sources: [1, 2, 3],
      },
      {
        title: 'Look at the landscape before you walk',
        blocks: [
          {
            type: 'image',
            data_url: picture,
            alt: 'Hills under a sun',
            caption: 'The valley from above',
          },
          {
            type: 'bullets',
            items: ['A map costs a day', 'A wrong turn costs a month', 'Ask those who live there'],
          },
        ],
      },
      {
        title: 'A picture alone',
        blocks: [
          {
            type: 'image',
            data_url: picture,
            alt: 'Hills under a sun',
            caption: 'The valley from above',
          },
        ],
      },
      {
        title: 'Ten lines are enough for a health check',
        blocks: [
          {
            type: 'code',
            language: 'python',
            code: 'def is_healthy(window):\n    """True while answers are quick and right."""\n    slow = [r for r in window if r.ms > 900]\n    wrong = [r for r in window if not r.ok]\n    if len(slow) > 0.05 * len(window):\n        return False\n    return len(wrong) < 3',
          },
        ],
      },
      {
        layout: 'quote',
        blocks: [
          {
            type: 'quote',
            text: 'We did not need a better model. We needed to know which one was running.',
            by: 'Lead engineer, payments',
          },
        ],
        sources: [3],
      },
      {
        title: 'One number to remember',
        blocks: [
          { type: 'big_number', value: '40 s', label: 'from the alarm to the previous version' },
        ],
      },
      {
        title: 'A year in three numbers',
        blocks: [
          { type: 'big_number', value: '84', label: 'releases' },
          { type: 'big_number', value: '−67%', label: 'incidents' },
          { type: 'big_number', value: '$0.06', label: 'per thousand answers' },
        ],
      },
      {
        title: 'Five steps took us there',
        blocks: [
          {
            type: 'timeline',
            items: [
              { when: 'January', title: 'Measure', text: 'Logs in one place' },
              { when: 'March', title: 'Name owners', text: 'One for each data set' },
              { when: 'May', title: 'Batch', text: 'Requests share a pass' },
              { when: 'July', title: 'Shadow', text: 'New models see real traffic' },
              { when: 'September', title: 'Automate', text: 'Rollback by a rule' },
            ],
          },
        ],
      },
      {
        title: 'The next year has seven milestones',
        blocks: [
          {
            type: 'timeline',
            items: ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh'].map(
              (title, at) => ({
                when: `2027-0${at + 1}`,
                title: `${title} milestone`,
                text: 'What has to be true before we go on',
              }),
            ),
          },
        ],
      },
      { layout: 'references', title: 'References' },
      { layout: 'closing', title: 'Questions?', subtitle: 'ada@example.com' },
    ],
  }
}

const lorem =
  'A sentence that goes on for longer than anybody would want to read on a slide, with many words and little to say, as they are found in reports that were written by several people at the same time. '

export function longDeck(picture: string): DeckInput {
  return {
    title:
      'A title that is much longer than titles should be, because somebody pasted the first paragraph of the report into the field and nobody looked at it again before the meeting began',
    subtitle:
      'And a subtitle which repeats all of that in other words, so that everybody who missed it the first time has a second chance to read it while the speaker looks for the clicker',
    author: 'A working group with a name of many words, on behalf of its committee',
    slides: [
      { layout: 'title' },
      {
        layout: 'section',
        title:
          'A section whose title is also longer than it should be and which takes more than one line even in a small size',
        subtitle: lorem,
      },
      {
        title:
          'A claim that needs two lines because it says two things at once, which claims had better not do on one slide',
        subtitle: 'And a subtitle below it',
        blocks: [
          {
            type: 'bullets',
            items: Array.from(
              { length: 30 },
              (_, at) => `Point ${at + 1}: ${lorem.slice(0, 40 + ((at * 37) % 120))}`,
            ),
          },
        ],
      },
      {
        title: 'Paragraphs',
        blocks: [
          { type: 'text', text: Array.from({ length: 8 }, () => lorem.repeat(2)).join('\n\n') },
        ],
      },
      {
        title: 'One item that fills pages',
        blocks: [{ type: 'bullets', items: [lorem.repeat(9)] }],
      },
      {
        title: 'A long table',
        blocks: [
          {
            type: 'table',
            columns: ['Name', 'What it does', 'Value', 'Remark'],
            rows: Array.from({ length: 40 }, (_, at) => [
              `Row ${at + 1}`,
              lorem.slice(0, 30 + ((at * 53) % 100)),
              at * 1234.5,
              at % 3 === 0 ? lorem.slice(0, 60) : 'ok',
            ]),
          },
        ],
      },
      {
        title: 'A wide table',
        blocks: [
          {
            type: 'table',
            columns: Array.from({ length: 12 }, (_, at) => `Column ${at + 1}`),
            rows: Array.from({ length: 6 }, (_, row) =>
              Array.from({ length: 12 }, (_, at) => row * at * 17),
            ),
          },
        ],
      },
      {
        title: 'Long code',
        blocks: [
          {
            type: 'code',
            code: Array.from(
              { length: 60 },
              (_, at) =>
                `${' '.repeat((at % 4) * 2)}const value${at} = compute(${at}, { precise: true, retries: 3, label: 'number ${at} of sixty, which is long' })`,
            ).join('\n'),
          },
        ],
      },
      {
        layout: 'comparison',
        title: 'Three full columns',
        blocks: [1, 2, 3].map((column) => ({
          type: 'bullets' as const,
          heading: `Column ${column} has a heading that wraps`,
          column,
          items: Array.from({ length: 9 }, (_, at) => lorem.slice(at, 60 + at * 7)),
        })),
      },
      {
        title: 'A chart with many names',
        blocks: [
          {
            type: 'chart',
            kind: 'column',
            stacked: true,
            categories: Array.from({ length: 24 }, (_, at) => `Category ${at + 1}`),
            series: ['North', 'East', 'South', 'West'].map((name, at) => ({
              name,
              values: Array.from({ length: 24 }, (_, index) => ((index * 7 + at * 13) % 29) + 3),
            })),
            takeaway: lorem,
          },
        ],
      },
      {
        title: 'A picture with much text',
        blocks: [
          { type: 'image', data_url: picture, caption: lorem },
          {
            type: 'bullets',
            items: Array.from({ length: 10 }, (_, at) => lorem.slice(0, 70 + at)),
          },
        ],
      },
      {
        title: 'Numbers with long labels',
        blocks: [1, 2, 3, 4, 5].map((at) => ({
          type: 'big_number' as const,
          value: `${at},234,567,890`,
          label: lorem.slice(0, 90),
        })),
      },
      {
        title: 'A long quote',
        blocks: [
          {
            type: 'quote',
            text: lorem.repeat(4),
            by: 'Somebody with a long title, at an institution with a longer name',
          },
        ],
      },
      {
        title: 'A timeline with long texts',
        blocks: [
          {
            type: 'timeline',
            items: Array.from({ length: 9 }, (_, at) => ({
              when: `Stage ${at + 1}`,
              title: lorem.slice(0, 50),
              text: lorem.slice(0, 150),
            })),
          },
        ],
      },
      {
        title: `Word${'x'.repeat(250)}`,
        blocks: [{ type: 'bullets', items: ['y'.repeat(900), 'short'] }],
      },
    ],
  }
}

export const chinese: DeckInput = {
  title: '机器学习基础',
  subtitle: '从数据到模型，再到可靠的产品',
  author: '示例团队',
  date: '2026年11月',
  language: 'zh-CN',
  theme: 'clear',
  sources: [{ title: '机器学习运营报告', url: 'https://example.com/zh' }],
  slides: [
    { layout: 'title' },
    { layout: 'agenda', title: '今天的内容' },
    { layout: 'section', title: '为什么需要机器学习' },
    {
      title: '数据质量决定模型上限，算法只是逼近这个上限',
      blocks: [
        {
          type: 'bullets',
          items: [
            '标签平均晚到两周，训练因此推迟',
            '每两次训练就有一次重复了以前的工作',
            '只有五分之一的实验进入生产环境（`main` 分支）',
            '评审依赖一个人，Machine Learning 团队需要更多负责人',
          ],
        },
      ],
      sources: [1],
    },
    {
      title: '发布次数翻倍，事故减少',
      blocks: [
        {
          type: 'chart',
          kind: 'column',
          categories: ['一季度', '二季度', '三季度', '四季度'],
          series: [
            { name: '发布', values: [12, 18, 23, 31] },
            { name: '事故', values: [9, 7, 4, 3] },
          ],
        },
      ],
    },
    {
      title: '三种学习方式',
      blocks: [
        {
          type: 'table',
          columns: ['方式', '数据', '例子'],
          rows: [
            ['监督学习', '有标签', '垃圾邮件识别、房价预测'],
            ['无监督学习', '没有标签', '客户分群、异常检测'],
            ['强化学习', '奖励信号', '机器人控制、围棋'],
          ],
        },
      ],
    },
    { layout: 'section', title: '下一步' },
    {
      title: '路线图',
      blocks: [
        {
          type: 'timeline',
          items: [
            { when: '一月', title: '测量', text: '日志集中到一处' },
            { when: '三月', title: '负责人', text: '每个数据集一位' },
            { when: '五月', title: '上线', text: '先影子后正式' },
          ],
        },
      ],
    },
    {
      title: '日本語と한국어も混ぜて',
      blocks: [
        {
          type: 'bullets',
          items: [
            'データの品質がモデルの上限を決めます。',
            '작은 모델이 비용에서 이긴다.',
            '中文、日本語、한국어 and English 123',
          ],
        },
      ],
    },
    { layout: 'closing' },
  ],
}

export const arabic: DeckInput = {
  title: 'أساسيات تعلم الآلة',
  subtitle: 'من البيانات إلى منتج موثوق',
  author: 'فريق المثال',
  language: 'ar',
  theme: 'vivid',
  sources: [{ title: 'تقرير عمليات تعلم الآلة 2026', url: 'https://example.com/ar' }],
  slides: [
    { layout: 'title' },
    { layout: 'agenda', title: 'جدول الأعمال' },
    { layout: 'section', title: 'لماذا تعلم الآلة؟' },
    {
      title: 'جودة البيانات تحدد سقف النموذج',
      blocks: [
        {
          type: 'bullets',
          items: [
            'تصل التسميات متأخرة أسبوعين (في المتوسط)',
            'واحدة من كل 5 تجارب تصل إلى `main`',
            { text: 'لا أحد يملك المخطط', level: 1 },
            'نموذج GPT-4 أغلى بنسبة 67% من النموذج الصغير',
          ],
        },
      ],
      sources: [1],
    },
    {
      title: 'تضاعفت الإصدارات وانخفضت الحوادث',
      blocks: [
        {
          type: 'chart',
          kind: 'column',
          categories: ['الربع الأول', 'الربع الثاني', 'الربع الثالث', 'الربع الرابع'],
          series: [
            { name: 'الإصدارات', values: [12, 18, 23, 31] },
            { name: 'الحوادث', values: [9, 7, 4, 3] },
          ],
        },
        { type: 'bullets', items: ['تغييرات أصغر', 'لكل إصدار مالك'] },
      ],
    },
    {
      title: 'مقارنة',
      blocks: [
        {
          type: 'table',
          columns: ['النموذج', 'الدقة', 'الحكم'],
          rows: [
            ['كبير', '92.1%', 'للأسئلة الصعبة'],
            ['صغير', '84.3%', 'للمسودات'],
          ],
        },
      ],
    },
    {
      title: 'خمس خطوات',
      blocks: [
        {
          type: 'timeline',
          items: [
            { when: 'يناير', title: 'القياس' },
            { when: 'مارس', title: 'المالكون' },
            { when: 'مايو', title: 'التجميع' },
          ],
        },
      ],
    },
    {
      title: 'עברית לצד ערבית',
      blocks: [
        {
          type: 'bullets',
          items: ['איכות הנתונים קובעת את תקרת המודל (כ-80%)', 'English only in an Arabic deck'],
        },
      ],
    },
    {
      layout: 'quote',
      blocks: [
        {
          type: 'quote',
          text: 'لم نكن بحاجة إلى نموذج أفضل، بل إلى معرفة أي نموذج يعمل.',
          by: 'مهندسة',
        },
      ],
    },
    { layout: 'references', title: 'المراجع' },
    { layout: 'closing' },
  ],
}
